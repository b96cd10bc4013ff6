"""An object store that the configuration does not fit: one line names the key to change, and holds no secret."""

from __future__ import annotations

import copy
import json
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.child import command
from support.google_storage import serving_google
from support.guarded_s3 import GuardedS3, in_one_region, serving_guarded_s3
from support.object_stores import serving_azure
from support.provider import closed_port
from support.web_page import serving_a_page

from gateway.cli import main

WRONG_ID, WRONG_SECRET = "AKIAWRONGWRONGWRONG1", "canary-of-a-secret-that-is-wrong"
NO_RIGHT = "images.object_store: these credentials may not list, read, write and delete in images.store"
OTHER = "images.object_store.endpoint: what answers there is no object store of the kind that images.store says"
NOBODY = "images.object_store.endpoint: nobody answers there; check it and the network between"
PATIENCE = 10
"""Seconds: twice the `timeout` of every store here, and no hang."""


@pytest.fixture(scope="module")
def s3() -> Iterator[GuardedS3]:
    with serving_guarded_s3() as server:
        yield server


@pytest.fixture(scope="module")
def azure() -> Iterator[dict[str, Any]]:
    with serving_azure() as section:
        yield section


@pytest.fixture(scope="module")
def google() -> Iterator[dict[str, Any]]:
    with serving_google() as section:
        yield section


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where connections are taken and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class Doctor:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._file = folder / "gateway.yaml"
        self._capsys = capsys

    def finds(self, images: dict[str, Any]) -> str | None:
        """What `doctor` says of the store; None where it is well."""
        self._file.write_text(yaml.safe_dump({"images": images}))
        started = time.monotonic()
        status = main(["doctor", "--config", str(self._file)])
        assert time.monotonic() - started < PATIENCE
        shown = self._capsys.readouterr()
        secret = str(images["object_store"].get("secret_key", WRONG_SECRET))
        assert secret not in shown.out + shown.err
        assert "Traceback" not in shown.err
        found = re.search(r"^image store \(\w+\): (?:ok|NOT OK\n  (.+))$", shown.out, re.MULTILINE)
        assert found is not None, shown
        assert status == (0 if found[1] is None else 1)
        return found[1]


@pytest.fixture
def doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    return Doctor(tmp_path, capsys)


CREDENTIALS: list[tuple[str, dict[str, Any], str | None]] = [
    ("all", {}, None),
    ("all", {"access_key": WRONG_ID}, "images.object_store.access_key: the store does not know this key"),
    ("all", {"secret_key": WRONG_SECRET}, "images.object_store.secret_key: does not belong to the access key"),
    ("reads", {}, NO_RIGHT),
    ("writes", {}, NO_RIGHT),
    ("keeps", {}, NO_RIGHT),
    ("blind", {}, NO_RIGHT),
    (
        "all",
        {"bucket": "nobody-made-it"},
        "images.store: there is no bucket of this name; make it, or correct the name",
    ),
]


@pytest.mark.parametrize(("user", "changed", "words"), CREDENTIALS)
def test_an_s3_that_checks_signatures_and_rights(
    s3: GuardedS3, doctor: Doctor, user: str, changed: dict[str, Any], words: str | None
) -> None:
    found = doctor.finds(s3.images(user, **changed))

    assert found == words or (words is not None and found is not None and found.startswith(words))


def test_the_right_region_is_named(s3: GuardedS3, doctor: Doctor) -> None:
    with in_one_region(s3) as regional:
        well = doctor.finds(regional.images("all"))
        found = doctor.finds(regional.images("all", region="us-west-2"))

    assert well is None
    assert found == "images.object_store.region: the bucket lies in another region: eu-central-1"


STRANGERS = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "ENDPOINT", "REGION", "SKIP_SIGNATURE", "TOKEN"]


@pytest.mark.parametrize("kind", ["s3", "azure", "google"])
def test_what_the_environment_holds_for_others_is_not_taken(
    kind: str, doctor: Doctor, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for name in [f"{vendor}_{name}" for vendor in ("AWS", "AZURE_STORAGE", "GOOGLE") for name in STRANGERS]:
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("SERVICE_ACCOUNT", "/nowhere")

    assert doctor.finds(section(request, kind)) is None
    assert os.environ["AWS_SESSION_TOKEN"] == "true"


def test_credentials_of_a_machine_that_has_none(s3: GuardedS3, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{closed_port()}")
    images = s3.images("all", credentials="ambient")
    del images["object_store"]["access_key"], images["object_store"]["secret_key"]

    found = doctor.finds(images)

    assert found is not None
    assert found.startswith("images.object_store.credentials: this machine gives none; set ")


@pytest.mark.parametrize("kind", ["s3", "azure", "google"])
def test_an_endpoint_where_nobody_listens(kind: str, doctor: Doctor, request: pytest.FixtureRequest) -> None:
    images = section(request, kind, endpoint=f"http://127.0.0.1:{closed_port()}")

    assert doctor.finds(images) == NOBODY


@pytest.mark.parametrize("kind", ["s3", "azure", "google"])
def test_an_endpoint_that_says_nothing(kind: str, doctor: Doctor, silent: str, request: pytest.FixtureRequest) -> None:
    assert doctor.finds(section(request, kind, endpoint=silent, timeout=0.5)) == NOBODY


@pytest.mark.parametrize("kind", ["s3", "azure", "google"])
@pytest.mark.parametrize("status", [200, 400, 405])
def test_an_endpoint_that_is_a_web_server(
    kind: str, status: int, doctor: Doctor, request: pytest.FixtureRequest
) -> None:
    with serving_a_page(status) as address:
        assert doctor.finds(section(request, kind, endpoint=address)) == OTHER


def test_an_endpoint_that_only_fails(s3: GuardedS3, doctor: Doctor) -> None:
    with serving_a_page(503) as address:
        found = doctor.finds(s3.images("all", endpoint=address))

    assert found == "images.object_store.endpoint: what is there only fails; look into its own log"


AZURE: list[tuple[dict[str, Any], str | None]] = [
    ({}, None),
    ({"secret_key": "QUJD" * 22}, "images.object_store.secret_key: does not belong to the account, or "),
    ({"access_key": "somebodyelse"}, "images.object_store.secret_key: does not belong to the account, or "),
    ({"store": "az://nobody-made-it"}, "images.store: there is no container of this name; make it, or correct"),
]


@pytest.mark.parametrize(("changed", "words"), AZURE)
def test_azure(azure: dict[str, Any], doctor: Doctor, changed: dict[str, Any], words: str | None) -> None:
    store = changed.get("store", azure["store"])
    keys = {name: value for name, value in changed.items() if name != "store"}

    found = doctor.finds({"store": store, "object_store": {**azure["object_store"], **keys}})

    assert found == words or (words is not None and found is not None and found.startswith(words))


async def test_the_start_is_refused_too(tmp_path: Path, s3: GuardedS3) -> None:
    said = await starting(tmp_path, s3.images("all", secret_key=WRONG_SECRET))

    assert said == "gateway.yaml: images.object_store.secret_key: does not belong to the access key"


UNUSABLE = [
    ("az", {"access_key": "account"}, "images.object_store.secret_key: must be the key of the storage account, "),
    ("gs", {}, "images.object_store.secret_key: must be the key of a service account, a JSON document"),
    ("gs", {"secret_key": json.dumps({"client_email": "a", "private_key": WRONG_SECRET, "private_key_id": "1"})}, "im"),
    ("s3", {"access_key": None, "secret_key": None}, "images.object_store.access_key: is required for s3://; or set"),
    ("s3", {"access_key": "id", "allow_http": False}, "images.object_store.endpoint: is not https; set images."),
]


@pytest.mark.parametrize(("scheme", "changed", "words"), UNUSABLE)
def test_what_the_file_alone_shows_is_found_by_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scheme: str, changed: dict[str, Any], words: str
) -> None:
    keys = {"endpoint": "http://127.0.0.1:9", "allow_http": True, "secret_key": WRONG_SECRET, **changed}
    file = tmp_path / "gateway.yaml"
    file.write_text(yaml.safe_dump({"images": {"store": f"{scheme}://pictures", "object_store": keys}}))

    assert main(["check", "--config", str(file)]) == 1
    said = capsys.readouterr().err.removeprefix(f"{file}: ")
    assert said.startswith(words)
    assert WRONG_SECRET not in said


def section(request: pytest.FixtureRequest, kind: str, **keys: Any) -> dict[str, Any]:
    given = request.getfixturevalue(kind)
    images = given.images("all") if isinstance(given, GuardedS3) else copy.deepcopy(given)
    images["object_store"].update(keys)
    return dict(images)


async def starting(folder: Path, images: dict[str, Any]) -> str:
    """The one line with which the start is refused."""
    file = folder / "gateway.yaml"
    file.write_text(yaml.safe_dump({"server": {"port": 0}, "images": images}))
    status, output, errors = await command(folder, "--config", file.name)
    assert (status, output) == (1, "")
    assert images["object_store"]["secret_key"] not in errors
    return errors.strip()
