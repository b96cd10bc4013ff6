"""A signed link opens one picture until one moment; whoever alters a letter of it finds nothing (H2)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from aiohttp.test_utils import make_mocked_request
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from support.clocks import START, ManualClock
from support.effort import Effort

from gateway.hosting.names import HostedName
from gateway.hosting.signing import SignedLinks
from gateway.images import OUTPUT_FORMATS, Operation

LIFE = 3600
SECRET = "a secret of the tests with 32 letters or more"
LINKS = SignedLinks([SECRET, "another one, which signs no more but verifies"], ManualClock(), lambda _: START + LIFE)
LETTERS = st.characters(min_codepoint=33, max_codepoint=126)
NAMES = st.builds(
    lambda secret, operation, form: HostedName.make(START, lambda _: secret, "ab" * 32, operation, form),
    st.binary(min_size=17, max_size=17),
    st.sampled_from(Operation),
    st.sampled_from(OUTPUT_FORMATS),
)


def opens(target: str) -> str | None:
    """The name that a client who asks for `target` is shown, as the server reads it."""
    request = make_mocked_request("GET", target)
    filename = request.path.removeprefix("/images/")
    return filename if LINKS.access(filename, request.query) is not None else None


def test_a_link_opens_what_it_names(effort: Effort) -> None:
    def holds(name: HostedName) -> None:
        assert opens(LINKS.path(name)) == str(name)

    effort.check(10, holds, name=NAMES)


def test_no_letter_can_be_altered(effort: Effort) -> None:
    """Percent-encoding a letter alters nothing that is read, and still opens that one picture and no other."""

    def holds(name: HostedName, data: DataObject) -> None:
        path = LINKS.path(name)
        altered = data.draw(st.sampled_from(ALTERED))(path, data)
        assume(altered != path)
        assert opens(altered) in {None, str(name)}
        if opens(altered) is not None:
            assert read(altered) == read(path)

    effort.check(50, holds, name=NAMES, data=st.data())


def read(target: str) -> tuple[str, str, str]:
    request = make_mocked_request("GET", target)
    return request.path, request.query["expires"], request.query["signature"]


def _replaced(path: str, data: DataObject) -> str:
    at = data.draw(st.integers(0, len(path) - 1))
    return path[:at] + data.draw(LETTERS) + path[at + 1 :]


def _dropped(path: str, data: DataObject) -> str:
    at = data.draw(st.integers(0, len(path) - 1))
    return path[:at] + path[at + 1 :]


def _inserted(path: str, data: DataObject) -> str:
    at = data.draw(st.integers(0, len(path)))
    return path[:at] + data.draw(LETTERS | st.sampled_from(["%00", "%0a", "+", "&", "%26", "\u0661", "=="])) + path[at:]


def _quoted(path: str, data: DataObject) -> str:
    at = data.draw(st.integers(0, len(path) - 1))
    return (
        path[:at] + quote(path[at], safe="") + f"%{ord(path[at]):02x}"[len(quote(path[at], safe="")) :] + path[at + 1 :]
    )


def _swapped(path: str, data: DataObject) -> str:
    at = data.draw(st.integers(0, len(path) - 2))
    return path[:at] + path[at + 1] + path[at] + path[at + 2 :]


def _of_another(path: str, data: DataObject) -> str:
    other = LINKS.path(data.draw(NAMES))
    return path.partition("?")[0] + "?" + other.partition("?")[2]


def _later(path: str, data: DataObject) -> str:
    return path.replace(f"expires={int(START + LIFE)}", f"expires={data.draw(st.integers())}")


ALTERED: list[Callable[[str, DataObject], str]] = [
    _replaced,
    _dropped,
    _inserted,
    _quoted,
    _swapped,
    _of_another,
    _later,
]
