"""Forms that no client writes, of both kinds."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from gateway.inputs.multipart import LONGEST_HEAD
from support.samples import plain, text

PICTURE = plain((8, 8))

BOUNDARIES = st.sampled_from(["x"] * 4 + ["-", "--", "a b", "x'()+_,./:=?", "0" * 70]) | st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='";\\'), min_size=1, max_size=70
)
SAID = st.sampled_from(
    ['multipart/form-data; boundary="{}"'] * 6
    + ["multipart/form-data; boundary={}", "multipart/form-data; charset=utf-16; boundary={}", "multipart/form-data"]
    + ["Multipart/Form-Data;BOUNDARY={}", 'multipart/form-data; boundary="{}', "multipart/form-data; boundary=\t{}"]
    + ["multipart/form-data; boundary={}; boundary=y", "multipart/form-data; boundary=", "multipart/mixed; boundary={}"]
    + ["multipart/form-data; boundary*=utf-8''{}", 'multipart/form-data; x="; boundary=y"; boundary={}']
)
FIELDS = ["prompt", "image", "image[]", "mask", "n", "size", "model", "seed", "strict", "stream", "aspect_ratio"]
NAMES = st.sampled_from(FIELDS) | st.text(max_size=9)
DISPOSITIONS = st.builds(
    "Content-Disposition: form-data; {}".format,
    NAMES.map('name="{}"'.format)
    | NAMES.map('name="{}"; filename="../../etc/passwd"'.format)
    | NAMES.map("name={}; filename*=UTF-8''%2e%2e%2f".format)
    | st.sampled_from(
        ['name="', "name=;filename", 'filename="a"; name="image"', 'name="a\\"; filename="b"', ";;;", ""]
    ),
)
OTHER_HEADERS = st.sampled_from(
    [
        "Content-Type: image/png",
        "Content-Type: multipart/mixed; boundary=y",
        "Content-Type: text/plain; charset=utf-7",
        "Content-Type: text/plain; charset=no-such",
        "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: binary",
        "Content-Encoding: gzip",
        "Content-Length: 99999999999",
        "X: " + "y" * 5000,
        "X: " + "y" * (LONGEST_HEAD - 4),
        "X: \xff\0",
        " folded",
        "no colon",
        ": ",
        "",
    ]
)
HEADS = st.lists(DISPOSITIONS | DISPOSITIONS | OTHER_HEADERS, max_size=3)
DATA = st.one_of(
    st.just(PICTURE),
    st.sampled_from(
        [b"a hill", b"1", b"2", b"16:9", b"x2", b"true", b"", b"\xff\xfe", b"\r\n--", b"\r\n--x", b"--x--"]
    ),
    st.binary(max_size=40),
    st.sampled_from([b"a", b"\r\n-", b"\xf0"]).map(lambda piece: piece * 9000),
)
DELIMITERS = st.sampled_from([b"\r\n--%b\r\n"] * 8 + [b"\n--%b\n", b"\r\n--%b  \t\r\n", b"--%b\r\n", b"\r\n--%b"])
ENDS = st.sampled_from(
    [b"\r\n--%b--\r\n"] * 8 + [b"\r\n--%b--", b"\r\n--%b-", b"\r\n--%b\r\n", b"", b"\r\n--%b--\r\n--%b\r\n"]
)
PREAMBLES = st.sampled_from([b""] * 6 + [b"\r\n", b"preamble", b"--", b"\r\n--", b"x" * 9000])


def written(boundary: str, preamble: bytes, parts: Iterable[tuple[bytes, list[str], bytes]], end: bytes) -> bytes:
    edge, out = boundary.encode(), preamble
    for delimiter, head, data in parts:
        lines = "\r\n".join(head).encode("utf-8", "surrogatepass")
        out += delimiter.replace(b"%b", edge) + lines + (b"\r\n\r\n" if head else b"\r\n") + data
    return out + end.replace(b"%b", edge)


PARTS = st.lists(st.tuples(DELIMITERS, HEADS, DATA), max_size=5) | st.tuples(DELIMITERS, HEADS, DATA).map(
    lambda part: [part] * 150
)


@st.composite
def multipart(draw: st.DrawFn) -> tuple[str, bytes]:
    """What the header says and what the body is."""
    boundary = draw(BOUNDARIES)
    body = written(boundary, draw(PREAMBLES), draw(PARTS), draw(ENDS))
    return draw(SAID).format(boundary), body


CHARSETS = st.sampled_from(
    [""] * 4 + ["; charset=utf-8", "; charset=latin-1", "; charset=idna", "; charset=utf-16", "; charset="]
)
ESCAPES = st.sampled_from(
    [
        "%",
        "%0",
        "%zz",
        "%00",
        "%ff",
        "%ED%A0%80",
        "%C0%AF",
        "%2B",
        "+",
        "&",
        "=",
        "&&",
        "==",
        ";",
        "\xff",
        "%F0%9F%8D%8C",
    ]
)
VALUES = st.sampled_from(
    ["a", "1", "2", "x2", "16:9", "true", "null", "1e999", "-1", "9" * 30, "\u0661", text(PICTURE)]
)
PAIRS = st.lists(
    st.tuples(NAMES | ESCAPES, st.lists(VALUES | ESCAPES | st.text(max_size=5), max_size=3).map("".join)), max_size=6
) | st.tuples(NAMES, VALUES).map(lambda pair: [pair] * 150)
URLENCODED = PAIRS.map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))


@st.composite
def urlencoded(draw: st.DrawFn) -> tuple[str, bytes]:
    """What the header says and what the body is."""
    said = "application/x-www-form-urlencoded" + draw(CHARSETS)
    return said, draw(URLENCODED.map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=60))
