"""`token` makes tokens that the gateway takes, and keeps none."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
import yaml

from gateway.cli import main
from gateway.cli.token import make_token
from gateway.config import AuthConfig


def printed(capsys: pytest.CaptureFixture[str]) -> tuple[str, str, str]:
    """The token, its hash, and the line for gateway.yaml."""
    found = re.fullmatch(r"token:  (\S+)\nsha256: (\S+)\n\n.*:\n\n    (- .*)\n", capsys.readouterr().out)
    assert found is not None
    return found[1], found[2], found[3]


def test_the_line_is_one_that_the_gateway_takes_for_this_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--name", "web"]) == 0

    token, sha256, line = printed(capsys)
    (read,) = AuthConfig.model_validate({"tokens": yaml.safe_load(line)}).tokens
    assert (read.name, read.sha256) == ("web", sha256)
    assert sha256 == hashlib.sha256(token.encode()).hexdigest()


def test_a_token_is_256_random_bits_in_plain_letters() -> None:
    tokens = {make_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(re.fullmatch(r"nbg_[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert make_token(bytes) != make_token(lambda count: b"\1" * count)


def test_nothing_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)

    main(["token"])

    assert printed(capsys)[2].startswith('- {name: "client"')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["", "a b", 'a"', "a" * 65])
def test_a_name_that_no_token_may_have_is_wrong_usage(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["token", "--name", name])

    assert "a name is 1 to 64" in capsys.readouterr().err
