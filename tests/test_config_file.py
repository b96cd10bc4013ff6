"""gateway.yaml: what is accepted, and the words for what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config_file import ConfigError, load, load_with_sources, parse
from gateway.images import Operation
from gateway.upstreams import DRIVER_SETTINGS

EXAMPLE = Path(__file__).parents[1] / "gateway.yaml"
TOKEN = {"name": "a", "token": "a-token"}


def faults_of(document: object, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(document, DRIVER_SETTINGS, environ or {})
    return caught.value.faults


def test_the_example_is_the_defaults() -> None:
    assert load(EXAMPLE, DRIVER_SETTINGS, {}) == parse({}, DRIVER_SETTINGS, {})


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"servre": {}}, "servre: unknown key; did you mean server?"),
        ({"server": {"prot": 1}}, "server.prot: unknown key; did you mean port?"),
        ({"server": {"port": "http"}}, "server.port: input should be a valid integer"),
        ({"server": {"port": 70000}}, "server.port: input should be less than or equal to 65535"),
        ({"server": {"max_body": "many"}}, "server.max_body: a size is a number of bytes or a text such as 32MiB"),
        ({"server": {"public_url": "example.com"}}, "server.public_url: an http or https address"),
        ({"server": []}, "server: input should be a valid dictionary"),
        ({"server": {"trusted_proxies": ["10.0.0.1/8"]}}, "server.trusted_proxies[0]"),
        ({"server": {"allowed_hosts": ["https://a.example"]}}, "server.allowed_hosts[0]: string should match"),
        ({"server": {"tls": {"certificate": "a.crt"}}}, "server.tls.key: is required"),
        ({"cors": {"origins": ["*", "https://a.example"]}}, 'cors: "*" stands alone'),
        ({"auth": {"tokens": [{"name": "a"}]}}, "auth.tokens[0]: give exactly one of token, token_file and sha256"),
        ({"auth": {"tokens": [{"name": "a", "token": ""}]}}, "auth.tokens[0]: a token is printable ASCII"),
        ({"auth": {"tokens": [{**TOKEN, "expires": "soon"}]}}, "auth.tokens[0].expires: a date or a time in UTC"),
        ({"auth": {"tokens": [{**TOKEN, "expires": 2030}]}}, "auth.tokens[0].expires: a date or a time in UTC"),
        ({"auth": {"tokens": [{**TOKEN, "max_in_flight": 0}]}}, "auth.tokens[0].max_in_flight: input should be"),
        ({"auth": {"tokens": [{**TOKEN, "models": []}]}}, "auth.tokens[0].models: tuple should have at least 1 item"),
        ({"auth": {"tokens": [{**TOKEN, "models": ["mango"]}]}}, "auth.tokens[0].models: no model is called mango"),
        ({"auth": {"tokens": [TOKEN, {**TOKEN, "name": "b"}]}}, "auth: the same token stands under two names"),
        ({"images": {"signed": True}}, "images.signing_secrets: is required where images.signed is true"),
        ({"images": {"signing_secrets": ["short"]}}, "images.signing_secrets[0]: a signing secret has at least 32"),
        ({"models": {}}, "models: dictionary should have at least 1 item"),
        ({"defaults": {"edit": "no-such"}}, "defaults.edit: no model is called no-such"),
        ({"defaults": {"edit": "imagen-4.0-upscale-preview"}}, "is not configured to edit"),
        ({"upstreams": {"a": {"driver": "magic"}}}, "upstreams.a.driver: one of "),
        ({"upstreams": {"a": {"driver": "openai", "model": "m"}}}, "upstreams.a.base_url: is required"),
        (
            {"upstreams": {"a": {"driver": "openai", "modle": "m"}}},
            "upstreams.a.modle: unknown key; did you mean model?",
        ),
        ({"models": {"m": {"operations": ["generate"], "upstreams": ["x"]}}}, "no upstream is called x"),
        ({"images": {"store": "ftp://x"}}, "images.store: "),
        ({"images": {"store": "s3://bucket"}}, "images.object_store.access_key: is required for s3://; or set"),
        ({"images": {"store": "gs://bucket"}}, "images.object_store.secret_key: is required for gs://; or set"),
        ({"images": {"delivery": "redirect"}}, "images.delivery: redirect needs an object store"),
        ([], "the file must be a mapping"),
    ],
)
def test_a_fault_names_its_key(document: object, fault: str) -> None:
    assert any(fault in found for found in faults_of(document)), faults_of(document)


def test_all_faults_are_named_in_one_go() -> None:
    faults = faults_of({"server": {"port": -1}, "cache": {"ttl": "x"}, "upstreams": {"a": {"driver": "b"}}, "x": 1})
    assert [fault.split(":")[0] for fault in sorted(faults)] == ["cache.ttl", "server.port", "upstreams.a.driver", "x"]


def test_no_fault_shows_a_secret() -> None:
    secret = "sk-canary-0123456789"
    document = {
        "auth": {"tokens": [{"name": "a", "token": secret, "sha256": "0"}, secret, {"name": secret, "token": 5}]},
        "upstreams": {"a": {"driver": "openai", "api_key": [secret], "model": secret, "base_url": secret}},
    }
    assert secret not in "\n".join(faults_of(document))


def test_secrets_do_not_show_in_the_configuration() -> None:
    document = {
        "auth": {"tokens": [{"name": "a", "token": "sk-canary"}]},
        "upstreams": {
            "local": {"driver": "local"},
            "a": {"driver": "openai", "api_key": "sk-canary", "model": "m", "base_url": "https://api.example"},
        },
    }
    config = parse(document, DRIVER_SETTINGS, {})
    assert "sk-canary" not in repr(config) + str(config) + config.model_dump_json()


def test_the_environment_fills_values() -> None:
    document = {"server": {"host": "${HOST}", "port": "${PORT:-9090}"}}
    config = parse(document, DRIVER_SETTINGS, {"HOST": "0.0.0.0"})  # noqa: S104 - read, not bound
    assert (config.server.host, config.server.port) == ("0.0.0.0", 9090)  # noqa: S104


def test_a_missing_variable_is_named_with_its_key() -> None:
    fault = "server.host: the environment variable NO_SUCH is not set or empty"
    assert faults_of({"server": {"host": "${NO_SUCH}"}}) == [fault]


def test_a_value_of_the_environment_cannot_break_out_of_its_key() -> None:
    config = parse({"server": {"host": "${HOST}"}}, DRIVER_SETTINGS, {"HOST": "a\nport: 1"})
    assert config.server.host == "a\nport: 1"
    assert config.server.port == 8080


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    config = parse({"auth": {"tokens": [{"name": "a", "token_file": str(tmp_path / "token")}]}}, DRIVER_SETTINGS, {})
    token = config.auth.tokens[0].token
    assert token is not None
    assert token.get_secret_value() == "from-a-file"


def test_signing_secrets_can_come_from_a_file_one_a_line(tmp_path: Path) -> None:
    secrets = ["new".ljust(32, "."), "old".ljust(32, ".")]
    (tmp_path / "secrets").write_text("\n".join(secrets) + "\n")
    images = {"signed": True, "signing_secrets_file": str(tmp_path / "secrets")}
    config = parse({"images": images}, DRIVER_SETTINGS, {})
    assert [secret.get_secret_value() for secret in config.images.signing_secrets] == secrets


def test_every_file_that_was_read_is_told(tmp_path: Path) -> None:
    token, path = tmp_path / "token", tmp_path / "gateway.yaml"
    token.write_text("from-a-file")
    path.write_text(f"auth: {{tokens: [{{name: a, token_file: {token}}}]}}")
    _, sources = load_with_sources(path, DRIVER_SETTINGS, {})
    assert [source[:2] for source in sources] == [("", path), ("auth.tokens[0].token_file", token)]
    assert [source.status.st_size for source in sources] == [path.stat().st_size, 11]


def test_defaults_are_read_from_no_file() -> None:
    assert load_with_sources(None, DRIVER_SETTINGS, {}).sources == ()


@pytest.mark.parametrize("written", ["2030-12-31", "2030-12-31 00:00:00", "2030-12-31T01:00:00+01:00", "'2030-12-31'"])
def test_a_moment_may_be_a_date_or_a_time(tmp_path: Path, written: str) -> None:
    path = tmp_path / "gateway.yaml"
    path.write_text(f"auth: {{tokens: [{{name: a, token: a-token, expires: {written}}}]}}")
    token = load(path, DRIVER_SETTINGS, {}).auth.tokens[0]
    assert token.expires == datetime(2030, 12, 31, tzinfo=UTC)


def test_a_secret_file_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    faults = faults_of({"metrics": {"token_file": str(path)}})
    assert faults == [f"metrics.token_file: {path} cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("server: [", "line 1"),
        ("server: {port: 1}\nserver: {port: 2}", "the key server stands twice"),
        ("&a [*a]", "the file must be a mapping"),
        ("!!python/object/apply:os.system [id]", "could not determine a constructor"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "gateway.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=fault):
        load(path, DRIVER_SETTINGS, {})


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml", DRIVER_SETTINGS, {})


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1), ("32MiB", 33554432), ("1.5 kb", 1500), ("10GiB", 10737418240), (7, 7)]
)
def test_sizes(text: object, size: int) -> None:
    assert parse({"server": {"max_body": text}}, DRIVER_SETTINGS, {}).server.max_body == size


def test_ranks_may_be_names_mappings_and_lists() -> None:
    ranks = ["local", {"name": "local", "weight": 2}, ["local", {"name": "local", "weight": 3}]]
    models = {
        "nano-banana": {"operations": ["generate", "edit"], "upstreams": ranks},
        "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
    }
    model = parse({"models": models}, DRIVER_SETTINGS, {}).models["nano-banana"]
    assert [[entry.weight for entry in rank] for rank in model.upstreams] == [[1], [2], [1, 3]]
    assert model.operations == {Operation.GENERATE, Operation.EDIT}


def test_an_alias_belongs_to_one_model() -> None:
    models = {
        "a": {"operations": ["generate"], "upstreams": ["local"], "aliases": ["b", "c"]},
        "b": {"operations": ["generate"], "upstreams": ["local"], "aliases": ["c"]},
    }
    faults = faults_of({"models": models, "defaults": {"generate": "a"}})
    assert "models.a.aliases: b is already the name of a model" in faults
    assert "models.b.aliases: c is already the name of an alias of a" in faults
