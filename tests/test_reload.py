"""A changed configuration is taken while the gateway serves; a faulty one changes nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gateway.config_file import ConfigError, Loaded, load_with_sources
from gateway.metrics import Metrics
from gateway.reload import Reload
from gateway.reloadable import Change, merged
from gateway.upstreams import DRIVER_SETTINGS


class Gateway:
    """Stands for one that takes its tokens anew; keeps their names."""

    def __init__(self, file: Path) -> None:
        read = partial(load_with_sources, file, DRIVER_SETTINGS, {})
        self.metrics = Metrics()
        self.taken: list[list[str]] = []
        self.breaks = False
        self._config = read().config
        self.reload = Reload(read(), read, self._take, self.metrics)

    async def _take(self, loaded: Loaded) -> Change:
        if self.breaks:
            raise RuntimeError
        names = [token.name for token in loaded.config.auth.tokens]
        if not names:
            raise ConfigError(["auth.tokens: none left"])
        self.taken.append(names)
        self._config, change = merged(self._config, loaded.config)
        return change

    def is_current(self) -> float | None:
        return self.metrics.registry.get_sample_value("gateway_config_last_reload_successful")

    def count(self, result: str) -> float | None:
        return self.metrics.registry.get_sample_value("gateway_config_reloads_total", {"result": result})


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    return tmp_path / "token"


@pytest.fixture
def file(tmp_path: Path, secret: Path) -> Path:
    secret.write_text("web-token")
    path = tmp_path / "gateway.yaml"
    path.write_text(yaml_of("web"))
    return path


@pytest.fixture
def gateway(file: Path) -> Gateway:
    return Gateway(file)


@pytest.fixture
def news(caplog: pytest.LogCaptureFixture) -> Callable[[], list[tuple[int, dict[str, str]]]]:
    """Level and fields of what was logged since last asked."""
    caplog.set_level(logging.INFO, "gateway.reload")

    def since() -> list[tuple[int, dict[str, str]]]:
        found = [(record.levelno, record.__dict__.get("fields", {})) for record in caplog.records]
        caplog.clear()
        return found

    return since


def write(path: Path, text: str) -> None:
    path.write_text(text)


def remove(path: Path) -> None:
    path.unlink()


def swap(path: Path, text: str) -> None:
    """Put another file with the same time in the place of `path`."""
    new = path.with_suffix(".new")
    new.write_text(text)
    os.utime(new, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    new.rename(path)


def yaml_of(name: str, extra: str = "") -> str:
    return f"auth: {{tokens: [{{name: {name}, token_file: token}}]}}\n{extra}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def test_what_has_not_changed_is_not_read_again(gateway: Gateway) -> None:
    await gateway.reload.look()

    assert (gateway.taken, gateway.count("applied"), gateway.count("refused")) == ([], 0, 0)


async def test_a_changed_file_is_taken_once(gateway: Gateway, file: Path) -> None:
    write(file, yaml_of("other"))

    await gateway.reload.look()
    await gateway.reload.look()

    assert (gateway.taken, gateway.count("applied")) == ([["other"]], 1)


async def test_a_changed_secret_is_taken(gateway: Gateway, secret: Path) -> None:
    write(secret, "another-token")

    await gateway.reload.look()

    assert gateway.count("applied") == 1


async def test_a_file_of_the_same_size_and_time_in_its_place_is_seen(gateway: Gateway, file: Path) -> None:
    swap(file, yaml_of("bew"))

    await gateway.reload.look()

    assert gateway.taken == [["bew"]]


async def test_being_asked_reads_again_whatever_has_changed(gateway: Gateway) -> None:
    gateway.reload.ask()

    await gateway.reload.look()
    await gateway.reload.look()

    assert gateway.taken == [["web"]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("auth: [", "line "),
        ("auth: {tokens: [{name: web, token_file: missing}]}", "auth.tokens[0].token_file: missing cannot be read"),
        ("", "auth.tokens: none left"),
    ],
)
async def test_a_faulty_file_changes_nothing_and_is_warned_of_once(
    gateway: Gateway, file: Path, news: Callable[[], list[tuple[int, dict[str, str]]]], text: str, fault: str
) -> None:
    write(file, text)

    await gateway.reload.look()
    await gateway.reload.look()

    ((level, fields),) = news()
    assert level == logging.WARNING
    assert fault in fields["faults"]
    assert (gateway.taken, gateway.count("refused")) == ([], 1)


async def test_a_failure_that_nobody_expected_is_refused_and_told_of_once(
    gateway: Gateway, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.breaks = True
    write(file, yaml_of("other"))

    await gateway.reload.look()
    await gateway.reload.look()

    assert len([record for record in caplog.records if record.exc_info]) == 1
    assert (gateway.count("refused"), gateway.is_current()) == (1, 0)
    gateway.breaks = False
    await gateway.reload.look()
    assert (gateway.taken, gateway.is_current()) == ([["other"]], 1)


async def test_a_missing_file_changes_nothing(gateway: Gateway, file: Path) -> None:
    remove(file)

    await gateway.reload.look()

    assert (gateway.taken, gateway.count("refused")) == ([], 1)


async def test_what_was_missing_may_come_later(gateway: Gateway, file: Path, secret: Path) -> None:
    write(file, "auth: {tokens: [{name: late, token_file: late-token}]}")
    await gateway.reload.look()
    current = [gateway.metrics.registry.get_sample_value("gateway_config_last_reload_successful")]

    write(secret.with_name("late-token"), "late-token")
    await gateway.reload.look()
    current.append(gateway.metrics.registry.get_sample_value("gateway_config_last_reload_successful"))

    assert (gateway.taken, gateway.count("refused"), gateway.count("applied")) == ([["late"]], 1, 1)
    assert current == [0, 1]


async def test_what_was_taken_and_what_needs_a_restart_are_named(
    gateway: Gateway, file: Path, news: Callable[[], list[tuple[int, dict[str, str]]]]
) -> None:
    write(file, yaml_of("other", "cache: {ttl: 1, max_size: 1MiB}\nserver: {port: 1, request_timeout: 9}"))

    await gateway.reload.look()

    taken, waiting = "server.request_timeout, auth, cache.ttl", "server.port, cache.max_size"
    assert news() == [(logging.INFO, {"taken": taken, "needs_restart": waiting})]


async def test_being_asked_with_nothing_new_takes_nothing(
    gateway: Gateway, news: Callable[[], list[tuple[int, dict[str, str]]]]
) -> None:
    gateway.reload.ask()

    await gateway.reload.look()

    assert news() == [(logging.INFO, {"taken": "nothing"})]


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """As the kubelet mounts a ConfigMap: the file leads to `..data`, and that to the folder of today."""
    for name in ("one", "two"):
        (tmp_path / f"..{name}").mkdir()
        (tmp_path / f"..{name}" / "gateway.yaml").write_text(f"auth: {{tokens: [{{name: {name}, token: a}}]}}")
    (tmp_path / "..data").symlink_to("..one")
    (tmp_path / "mounted.yaml").symlink_to("..data/gateway.yaml")
    return tmp_path / "mounted.yaml"


def mount_anew(file: Path) -> None:
    """The link that changes is not the file's own."""
    file.with_name("..data_tmp").symlink_to("..two")
    file.with_name("..data_tmp").rename(file.with_name("..data"))


async def test_the_links_of_a_mounted_config_map_are_followed(mounted: Path) -> None:
    gateway = Gateway(mounted)
    mount_anew(mounted)

    await gateway.reload.look()

    assert gateway.taken == [["two"]]
