"""JSON as nobody should send it: from nearly right to nothing of the kind."""

from __future__ import annotations

import json

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gateway.inputs.long_text import LONG
from support.samples import plain, text

PICTURE = text(plain((8, 8)))

FIELDS = ["prompt", "image", "image[]", "mask", "n", "size", "model", "aspect_ratio", "output_format", "stream", "seed"]
OTHERS = ["response_format", "upscale_factor", "strict", "user", "quality", "background", "__proto__"]
NAMES = st.sampled_from([*FIELDS, *OTHERS]) | st.text(max_size=9)
NUMBERS = st.sampled_from(
    ["0", "-0", "-0.0", "1", "2", "4", "5", "1e1", "1e999", "-1E+999", "1e-999", "1e309", "9" * 32, "0.1", "1.5"]
)
STRINGS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(json.dumps),
    st.sampled_from(
        [r'"\ud800"', r'"\udc00\ud800"', r'"\ud83c\udf4c"', r'"a\u0000b"', '"\ufeff"', '"\ufffe"', '"\x7f"']
    ),
    st.sampled_from([r'"\u202e"', '"x2"', '"16:9"', '"http://127.0.0.1/"', '"data:image/png;base64,"', f'"{PICTURE}"']),
    st.just(f'"{"a" * 2 * LONG}"'),
)
NEAT = st.one_of(st.sampled_from(["null", "true", "false"]), NUMBERS, STRINGS)
ODD = st.sampled_from(
    ["", "True", "undefined", "01", "+1", "1.", ".5", "0x1", "NaN", "Infinity", "-Infinity", "nan", "'a'", '"']
) | st.sampled_from(
    ["9" * 33, "-" + "9" * 40, "0." + "1" * 40, "1e" + "9" * 40, '"\0"', '"\n"', r'"\x"', r'"\u12"', '{"a":0,"a":0}']
)


def written(members: list[tuple[str, str]]) -> str:
    """Keys twice and all."""
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members) + "}"


def _members(values: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.lists(st.tuples(NAMES, values), max_size=5).map(written)


def _nested(scalars: SearchStrategy[str]) -> SearchStrategy[str]:
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4).map(lambda items: f"[{','.join(items)}]") | _members(inner),
        max_leaves=6,
    )


VALUES = _nested(NEAT) | _nested(NEAT | ODD)
DEEP = st.builds(
    lambda opened, times, closed: opened * times + "1" + closed * times,
    st.sampled_from(["[", '{"a":']),
    st.sampled_from([1, 31, 62, 63, 64, 65, 1000, 50_000]),
    st.sampled_from(["]", "}", ""]),
)
ENCODINGS = st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7"])
AROUND = st.sampled_from([""] * 8 + [" ", "\n\t", "\0", "{}", "x", "\ufeff", "//", ",", "\u00a0"])


def _encoded(before: str, body: str, after: str, encoding: str) -> bytes:
    return (before + body + after).encode(encoding, "replace")


BODIES = st.one_of(
    _members(_nested(NEAT)).map(str.encode),
    _members(NEAT | ODD | DEEP).map(str.encode),
    st.builds(_encoded, AROUND, _members(VALUES) | VALUES | DEEP, AROUND, ENCODINGS),
    st.binary(max_size=80),
)
