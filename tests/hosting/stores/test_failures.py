from __future__ import annotations

import errno

import pytest

from gateway.errors import Unavailable
from gateway.hosting.stores.failures import as_unavailable


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "The image store is full"),
        (errno.EDQUOT, "The image store is full"),
        (errno.EIO, "The image store is unavailable"),
        (errno.EROFS, "The image store is unavailable"),
        (errno.EMFILE, "The image store is unavailable"),
    ],
)
def test_the_client_learns_full_or_down_and_no_path(number: int, message: str) -> None:
    with pytest.raises(Unavailable) as refused, as_unavailable("put"):
        raise OSError(number, "disk", "/secret/place")

    assert refused.value.message == message
    assert "Retry-After" in refused.value.headers


def test_the_log_learns_the_verb_and_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unavailable), as_unavailable("put"):
        raise OSError(errno.EIO, "disk broken")

    assert caplog.records[0].__dict__["fields"] == {"verb": "put", "reason": "disk broken"}


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), as_unavailable("put"):
        raise KeyError("mistake")
