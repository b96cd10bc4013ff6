"""Google's own library against a token endpoint on loopback."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from support.google import TOKEN, TOKEN_PATH, FakeGoogle, Scripted, error, service_account

from gateway.upstreams.base import NotSent, Rejected
from gateway.upstreams.google_credentials import from_environment, from_key

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
NOWHERE = "http://127.0.0.1:9/token"


@pytest.fixture
async def google() -> AsyncIterator[FakeGoogle]:
    async with FakeGoogle().serving() as server:
        yield server


@pytest.fixture
def key(google: FakeGoogle) -> str:
    return service_account(google.address + TOKEN_PATH)


async def test_a_service_account_exchanges_its_signature_for_a_token(google: FakeGoogle, key: str) -> None:
    token = await asyncio.to_thread(from_key(key))
    assert token.headers == {"authorization": f"Bearer {TOKEN}"}
    [request] = google.received
    assert request.body["grant_type"] == GRANT
    assert len(request.body["assertion"].split(".")) == 3


async def test_the_life_of_a_token_is_known(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()  # the library's dates are UTC and do not say so
    try:
        token = await asyncio.to_thread(from_key(key))
        assert 3500 < token.expires - time.time() <= 3600
    finally:
        monkeypatch.undo()
        time.tzset()


async def test_every_call_brings_a_new_token(google: FakeGoogle, key: str) -> None:
    fetch = from_key(key)
    await asyncio.to_thread(fetch)
    google.script.append(Scripted(body={"access_token": "ya29.second", "expires_in": 3599}))
    token = await asyncio.to_thread(fetch)
    assert token.headers == {"authorization": "Bearer ya29.second"}


async def test_application_default_credentials_name_their_quota_project(
    google: FakeGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "adc.json"
    account = json.loads(service_account(google.address + TOKEN_PATH))
    file.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "payer")
    token = await asyncio.to_thread(from_environment())
    assert token.headers == {"authorization": f"Bearer {TOKEN}", "x-goog-user-project": "payer"}


async def test_a_revoked_key_is_rejected_with_its_code(google: FakeGoogle, key: str) -> None:
    google.script.append(Scripted(400, {"error": "invalid_grant", "error_description": "account gateway@my-proj"}))
    with pytest.raises(Rejected) as caught:
        await asyncio.to_thread(from_key(key))
    assert caught.value.detail == "no access token: invalid_grant"


@pytest.mark.parametrize("body", [b"<html>captive portal</html>", b"", [], {}, {"access_token": 1, "expires_in": "x"}])
async def test_an_answer_that_is_no_token_is_no_crash(google: FakeGoogle, key: str, body: object) -> None:
    google.script.append(Scripted(200, body))
    with pytest.raises((NotSent, Rejected), match="no access token"):
        await asyncio.to_thread(from_key(key))


async def test_a_token_endpoint_that_is_away_may_be_asked_again() -> None:
    with pytest.raises(NotSent, match="TransportError"):
        await asyncio.to_thread(from_key(service_account(NOWHERE)))


async def test_a_token_endpoint_in_trouble_may_be_asked_again(
    google: FakeGoogle, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    google.script.extend([error(503, "UNAVAILABLE")] * 3)
    with pytest.raises(NotSent):
        await asyncio.to_thread(from_key(key))
    assert len(google.received) == 3


async def test_an_environment_without_credentials_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "True")
    with pytest.raises(Rejected, match="no application default credentials"):
        await asyncio.to_thread(from_environment())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "null",
        "{}",
        '{"type": "external_account"}',
        '{"type": ["service_account"]}',
        '{"type": "service_account", "private_key": "-----BEGIN canary"}',
        '{"type": "authorized_user"}',
    ],
)
def test_what_is_no_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="not a credentials file") as caught:
        from_key(text)
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r}"
