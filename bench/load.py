"""A load runner on loopback: closed loop, bounded in requests and seconds, on raw protocols so that it stays cheap."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import cast
from urllib.parse import urlsplit

GRACE = 60
"""Seconds for what is still unanswered when the time is over."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run gave; times in milliseconds."""

    good: int
    errors: dict[str, int]
    seconds: float
    p50: float
    p99: float


class _Connection(asyncio.Protocol):
    """Sends the same request again and again, one at a time, and counts answers without keeping them."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._left = 0
        self._head = b""
        self._started = 0.0
        self._status = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        if not self._left:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data, self._head = self._head[:end].lower(), self._head[end + 4 :], b""
            self._status = head[9:12]
            self._left = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        self._left -= len(data)
        if self._left == 0:
            self._run.answered(self._status, time.perf_counter() - self._started)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if not self.ended.done():
            self._run.errors["connection lost"] += 1
            self.ended.set_result(None)

    def _next(self) -> None:
        if not self._run.may_send():
            self.ended.set_result(None)
            self._transport.close()
            return
        self._started = time.perf_counter()
        self._transport.write(self._run.request)


class _Run:
    def __init__(self, request: bytes, most: int, seconds: float) -> None:
        self.request = request
        self.errors: Counter[str] = Counter()
        self.times: list[float] = []
        self._left = most
        self._end = time.perf_counter() + seconds

    def may_send(self) -> bool:
        self._left -= 1
        return self._left >= 0 and time.perf_counter() < self._end

    def answered(self, status: bytes, seconds: float) -> None:
        if status == b"200":
            self.times.append(seconds)
        else:
            self.errors[status.decode()] += 1


async def run(request: bytes, port: int, *, connections: int, most: int, seconds: float) -> Result:
    """Send `request` over so many connections until `most` were sent or the time is over."""
    this = _Run(request, most, seconds)
    started = time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: _Connection(this), "127.0.0.1", port) for _ in range(connections)]
    _, waiting = await asyncio.wait([protocol.ended for _, protocol in made], timeout=seconds + GRACE)
    if waiting:
        this.errors["unanswered"] += len(waiting)
        for transport, _ in made:
            transport.abort()
    elapsed = time.perf_counter() - started
    times = sorted(this.times) or [0.0]
    p99 = times[min(len(times) - 1, int(len(times) * 0.99))]
    return Result(len(this.times), dict(this.errors), elapsed, statistics.median(times) * 1e3, p99 * 1e3)


def http_request(method: str, url: str, *, headers: dict[str, str], body: bytes = b"") -> bytes:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    said = {"Host": parts.netloc, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--most", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    request = sys.stdin.buffer.read()
    result = asyncio.run(
        run(request, options.port, connections=options.connections, most=options.most, seconds=options.seconds)
    )
    json.dump(asdict(result), sys.stdout)


if __name__ == "__main__":
    main()
