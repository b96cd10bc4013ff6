"""Headers, queries and paths that no client sends; nothing in them is our fault (R6, R7, H1)."""

from __future__ import annotations

import string
from urllib.parse import quote

from hypothesis import strategies as st
from support.effort import Effort
from support.hostile_forms import ESCAPES, FIELDS, NAMES, VALUES
from support.images_api import EDITS, GENERATIONS, UPSCALE
from support.plain_http import send
from support.samples import plain, text
from support.verdicts import no_fault_of_ours

READ = (
    "Accept Accept-Encoding Access-Control-Request-Headers Access-Control-Request-Method Authorization Cache-Control"
    " Connection Content-Encoding Content-Type Cookie Expect Forwarded Host Idempotency-Key If-Match If-Modified-Since"
    " If-None-Match If-Range Origin Range Referer Transfer-Encoding Upgrade Via X-Forwarded-For X-Forwarded-Host"
    " X-Forwarded-Proto X-Gateway-Hops X-HTTP-Method-Override X-Request-ID api-key traceparent tracestate"
)
HEADERS = st.sampled_from(READ.split())
SAID = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
RANGES = ["bytes=0-", "bytes=-0", "bytes=-1", "bytes=5-2", "bytes=" + "9" * 30 + "-", "bytes=0-0,2-3", "items=1-2"]
DATES = ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 31 Feb 2020 25:61:61 GMT", "1 Jan 1970 00:00:00 +9999"]
TRACES = ["00-" + "0" * 32 + "-" + "0" * 16 + "-00", "ff-" + "a" * 32 + "-" + "b" * 16 + "-01", "0" * 400]
LISTS = ["gzip, br;q=0", "image/png;q=1e9", "image/*;q=nan", "text/html;q=", "*", '"', '""', "max-age=-1", "chunked"]
HOSTS = ["[::1]", "[", "a:99999", "localhost:", "xn--a", "a.example, b.example"]
KINDS = [
    "application/json; charset=\udcff",
    "multipart/form-data",
    "100-continue",
    "h2c",
    "Bearer",
    "Bearer a b",
    "Basic =",
]
ODD = st.sampled_from([*RANGES, *DATES, *TRACES, *LISTS, *HOSTS, *KINDS])
EVERY_ASCII = string.punctuation
PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#"), max_size=60)
QUERIES = PRINTABLE | st.lists(
    st.tuples(NAMES | ESCAPES, st.lists(VALUES | ESCAPES, max_size=3).map("".join)), max_size=6
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
PATHS = st.sampled_from(
    [GENERATIONS, EDITS, UPSCALE, "/v1/models/", "/images/", "/docs/", "/studio/", "/mcp", "//", "/%2e%2e/"]
)


def test_any_headers(effort: Effort, address: str, hosted: str) -> None:
    routes = st.sampled_from(
        ["/v1/models", f"/images/{hosted}", "/healthz", UPSCALE, GENERATIONS + "?prompt=a", "/docs", "/openapi.json"]
    )

    def holds(method: str, path: str, headers: dict[str, str]) -> None:
        no_fault_of_ours(send(address, method, path, headers))

    methods = st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", "PUT", "TRACE"])
    effort.check(50, holds, method=methods, path=routes, headers=st.dictionaries(HEADERS, SAID | ODD, max_size=3))


def test_any_query_and_any_path(effort: Effort, address: str) -> None:
    def holds(path: str, query: str) -> None:
        sent = quote(query, safe=EVERY_ASCII, errors="surrogatepass")
        no_fault_of_ours(send(address, "GET", f"{path}?{sent}"))
        no_fault_of_ours(send(address, "GET", f"{path}{sent}"))

    effort.check(30, holds, path=PATHS, query=QUERIES)


def test_one_odd_value_among_good_ones_in_a_query(effort: Effort, address: str) -> None:
    picture = text(plain((8, 8))).replace("+", "%2B")

    def holds(path: str, name: str, value: str) -> None:
        good = {"prompt": "a", "image": picture, name: value}
        no_fault_of_ours(send(address, "GET", f"{path}?" + "&".join(f"{key}={said}" for key, said in good.items())))

    values = st.one_of(
        ESCAPES.filter(str.isascii), VALUES.filter(str.isascii).map(lambda text: text.replace("+", "%2B"))
    )
    effort.check(
        30, holds, path=st.sampled_from([GENERATIONS, EDITS, UPSCALE]), name=st.sampled_from(FIELDS), value=values
    )
