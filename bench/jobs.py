"""The table of what is measured: which request, to whom, how many at once, and what is compared with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.mock import picture
from bench.requests import Asking, Contender, get
from bench.results import Target


@dataclass(frozen=True, slots=True)
class Job:
    number: int
    title: str
    contenders: Mapping[str, Contender]
    """By name; the first is what the others are held against. Of `direct`, only what others add to it counts."""
    connections: int
    targets: Sequence[Target] = ()
    figure: str = "cpu"
    burst: bool = False
    """Each connection asks once, all at the same time; otherwise again and again until the time is over."""


def jobs(asking: Asking, hosted: Mapping[str, str], rivals: Sequence[str], *, nginx: bool) -> list[Job]:
    """`hosted`: the path of a hosted picture of each kind; `nginx`: whether there is one to compare with."""

    def asked(kind: str, *floors: str, **fields: str) -> dict[str, Contender]:
        names = {"floor": "proxy", **{name: name for name in (*floors, "gateway", *rivals)}}
        return {name: asking.generation(server, kind, **fields) for name, server in names.items()}

    b64 = {"response_format": "b64_json"}
    small, big, kept = asked("tiny", **b64), asked("big", **b64), asked("big", "rehost")
    slow, waiting = asked("big-2s"), asked("tiny-2s", **b64)
    direct = asking.generation("direct", "tiny")
    upload = picture("big")
    edits = {"floor": asking.edit("proxy", upload)}
    # Portkey 1.15 answers this upload with 500.
    edits |= {name: asking.edit(name, upload) for name in ("form", "gateway", *rivals) if name != "portkey"}
    hit = "/v1/images/generations?prompt=kept&model="

    def beside_nginx(theirs: str, memory: str, ours: str) -> dict[str, Contender]:
        first = {"nginx": get("nginx", theirs)} if nginx else {}
        return {**first, "memory": get("memory", memory), "gateway": get("gateway", ours)}

    def file(kind: str) -> dict[str, Contender]:
        copying = {"nginx without sendfile": get("nginx", f"/copied/{kind}.png")} if nginx else {}
        return beside_nginx(f"/pictures/{kind}.png", f"/pictures/{kind}", hosted[kind]) | copying

    return [
        Job(1, "small answer as b64_json", small, 32, [Target(1.7, "floor")]),
        Job(2, "the same, one at a time: added p50", {"direct": direct, **small}, 1, [Target(1.7, "floor")], "p50"),
        Job(3, "1.5 MB as b64_json", big, 32, [Target(1.25, "floor")]),
        Job(4, "1.5 MB hosted", kept, 32, [Target(1.8, "floor"), Target(5, "litellm", "rate", least=True)]),
        Job(5, "256 of 2 MB at once, 2 s each, hosted", slow, 256, [Target(150)], "peak", burst=True),
        Job(6, "1000 of 2 MB at once, 2 s each, hosted", slow, 1000, [Target(350)], "peak", burst=True),
        Job(
            7,
            "1000 small at once, 2 s each: added p50",
            {"direct": asking.generation("direct", "tiny-2s"), **waiting},
            1000,
            [Target(1.5, "floor"), Target(120, figure="peak")],
            "p50",
            burst=True,
        ),
        Job(8, "GET of a hosted 1.5 MB", file("big"), 32, [Target(1.4, "nginx")]),
        Job(9, "GET of a hosted 1 KB", file("tiny"), 32, [Target(0.12), Target(2, "memory")]),
        Job(
            10,
            "cache hit, 1.5 MB b64_json",
            beside_nginx("/answers/big", "/answers/big", f"{hit}big&response_format=b64_json"),
            32,
            [Target(1.5, "nginx")],
        ),
        Job(
            10,
            "cache hit, url",
            {"memory": get("memory", "/answers/url"), "gateway": get("gateway", f"{hit}tiny")},
            32,
            [Target(2, "memory")],
        ),
        Job(11, "edit with a 1.5 MB upload", edits, 32, [Target(2, "floor")]),
    ]
