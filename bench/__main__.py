"""Run every job, interleaved, and print one table of medians, spreads and ratios.

python -m bench [--rounds 3] [--only 1,3,4] [--seconds 2] [--out DIR] [--quick]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from bench import inside, load
from bench.jobs import TOKEN, Contender, Job, jobs
from bench.mock import PICTURES
from bench.plot import plot
from bench.processes import Child, free_port, python

MANY = 10**6
"""Requests; a job that may send more is bounded by its seconds."""
KINDS = ("tiny", "big", "tiny-2s", "big-2s")
_NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 4096; }}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {folder}; open_file_cache max=100; }}
  client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
  uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t; types {{ image/png png; }} }}
"""


@dataclass(frozen=True, slots=True)
class Sample:
    cpu: float
    p50: float
    p99: float
    peak: float
    errors: int
    rate: float


class Bench:
    """All servers of a run, on one CPU, with the mock and the load on another."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._cpus = sorted(os.sched_getaffinity(0))
        mock_port = free_port()
        self._start(stack, "direct", python("bench.mock", "--port", str(mock_port)), mock_port, self._cpus[-1])
        self.servers: dict[str, Child] = {"direct": self._last}
        upstream = f"http://127.0.0.1:{mock_port}"
        for kind in ("proxy", "rehost", "form", "memory"):
            port = free_port()
            command = python("bench.floors", kind, "--port", str(port), "--upstream", upstream)
            self._start(stack, kind, command, port, self._cpus[0])
            self.servers[kind] = self._last
        port = free_port()
        config = folder / "gateway.yaml"
        config.write_text(yaml.safe_dump(_configuration(upstream, port, folder)))
        self._start(stack, "gateway", python("gateway", "--config", str(config)), port, self._cpus[0])
        self.servers["gateway"] = self._last
        if program := shutil.which("nginx"):
            self._start_nginx(stack, program)

    def _start(self, stack: ExitStack, name: str, command: list[str], port: int, cpu: int) -> None:
        self._last = Child(command, port, cpu, log=self._folder / f"{name}.log")
        stack.callback(self._last.stop)

    def _start_nginx(self, stack: ExitStack, program: str) -> None:
        pictures = self._folder / "pictures"
        pictures.mkdir()
        for kind, data in PICTURES.items():
            (pictures / f"{kind}.png").write_bytes(data)
        port = free_port()
        config = self._folder / "nginx.conf"
        config.write_text(_NGINX.format(folder=self._folder, port=port))
        # A single process, so that its CPU is found where it is looked for.
        command = [program, "-p", str(self._folder), "-c", str(config), "-g", "master_process off;"]
        self._start(stack, "nginx", command, port, self._cpus[0])
        self.servers["nginx"] = self._last

    def address(self, contender: Contender) -> str:
        return f"http://127.0.0.1:{self.servers[contender.server].port}{contender.path}"

    def sample(self, contender: Contender, job: Job, seconds: float) -> Sample:
        server = self.servers[contender.server]
        request = load.http_request(
            contender.method, self.address(contender), headers=dict(contender.headers), body=contender.body
        )
        server.forget_peak()
        before = server.cpu()
        result = self._load(request, server.port, job, seconds)
        used = server.cpu() - before
        good = max(1, result["good"])
        errors = sum(result["errors"].values())
        rate = result["good"] / result["seconds"]
        return Sample(used / good * 1e3, result["p50"], result["p99"], server.peak(), errors, rate)

    def _load(self, request: bytes, port: int, job: Job, seconds: float) -> dict[str, Any]:
        command = python("bench.load", "--port", str(port), "--connections", str(job.connections))
        command += ["--most", str(job.most), "--seconds", str(seconds)]
        done = subprocess.run(  # noqa: S603 - this harness
            ["taskset", "-c", str(self._cpus[-1]), *command], input=request, stdout=subprocess.PIPE, check=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _configuration(upstream: str, port: int, folder: Path) -> dict[str, object]:
    def backend(kind: str) -> dict[str, object]:
        return {
            "driver": "openai",
            "base_url": f"{upstream}/{kind}/v1",
            "api_key": "k",
            "model": "m",
            "concurrency": 2000,
            "queue": 2000,
        }

    return {
        "server": {"port": port, "max_in_flight": 4000},
        "auth": {"tokens": [{"name": "bench", "token": TOKEN}]},
        "upstreams": {"local": {"driver": "local"}, **{kind: backend(kind) for kind in KINDS}},
        "models": {
            **{kind: {"operations": ["generate", "edit"], "upstreams": [kind]} for kind in KINDS},
            "nano-banana": {"operations": ["generate", "edit"], "upstreams": ["local"]},
            "imagen-4.0-upscale-preview": {"operations": ["upscale"], "upstreams": ["local"]},
        },
        "images": {"store": f"file:{folder / 'images'}", "fit": "none"},
    }


def _host(bench: Bench, kind: str) -> str:
    """The path of a picture that the gateway hosts."""
    body = json.dumps({"model": kind, "prompt": "a cat"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{bench.servers['gateway'].port}/v1/images/generations",
        data=body,
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        url: str = json.load(answer)["data"][0]["url"]
    return "/images/" + url.rpartition("/")[2]


def measure(bench: Bench, table: list[Job], rounds: int, seconds: float) -> dict[tuple[int, str, str], list[Sample]]:
    """Each round visits every contender of a job in turn, so that a drift of the machine touches all alike."""
    samples: dict[tuple[int, str, str], list[Sample]] = defaultdict(list)
    for job in table:
        span = seconds if job.most > MANY else job.seconds
        for contender in job.contenders.values():  # warm
            if job.most > MANY:
                bench.sample(contender, job, min(0.5, span))
        for _ in range(rounds):
            for name, contender in job.contenders.items():
                samples[job.number, job.title, name].append(bench.sample(contender, job, span))
        sys.stderr.write(f"measured {job.number}: {job.title}\n")
    return samples


def print_table(table: list[Job], samples: Mapping[tuple[int, str, str], list[Sample]]) -> None:
    print("| # | job | who | median | min to max | ratio | p99 ms | peak MB | errors | target |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for job in table:
        base: float | None = None
        direct = 0.0
        for name in job.contenders:
            found = samples[job.number, job.title, name]
            values = [getattr(sample, job.figure) for sample in found]
            middle = statistics.median(values)
            if name == "direct":
                direct = middle
            elif base is None:
                base = middle - direct
            ratio = f"{(middle - direct) / base:.2f}" if base and name != "direct" else ""
            unit = "MB" if job.figure == "peak" else "ms"
            print(
                f"| {job.number} | {job.title} | {name} | {middle:.3f} {unit} | {min(values):.3f} to {max(values):.3f}"
                f" | {ratio} | {statistics.median(sample.p99 for sample in found):.1f}"
                f" | {statistics.median(sample.peak for sample in found):.0f}"
                f" | {sum(sample.errors for sample in found)} | {job.target if name == 'gateway' else ''} |"
            )


def _versions() -> str:
    names = ("aiohttp", "uvloop", "orjson", "pybase64", "pillow", "pydantic")
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)])


@contextmanager
def started() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
        yield Bench(Path(folder), stack)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each sample")
    parser.add_argument("--only", default="", help="numbers of jobs, such as 1,3,4")
    parser.add_argument("--out", type=Path, help="folder for samples.json and plot.png")
    parser.add_argument("--quick", action="store_true", help="a smoke run: no figure of it means anything")
    options = parser.parse_args()
    only = {int(number) for number in options.only.split(",") if number}
    with started() as bench:
        hosted = {kind: _host(bench, kind) for kind in ("tiny", "big")}
        table = jobs(PICTURES["big"], hosted, nginx="nginx" in bench.servers)
        if options.quick:
            table = [job for job in table if job.most > MANY]
        table = [job for job in table if not only or job.number in only]
        rounds, seconds = (1, 0.2) if options.quick else (options.rounds, options.seconds)
        samples = measure(bench, table, rounds, seconds)
        print(f"{_versions()}; {os.cpu_count()} CPUs; {rounds} rounds of {seconds} s\n")
        print_table(table, samples)
        print("\n| 12 | who | start s | resident MB |\n|---|---|---|---|")
        for name in ("proxy", "gateway"):
            server = bench.servers[name]
            print(f"| | {name} | {server.start:.2f} | {server.resident():.0f} |")
    if not only or only & {13, 14}:
        print("\n13: " + "\n13: ".join(inside.conversions()))
        grown = inside.stored((100, 1000) if options.quick else (1000, 100_000))
        print("\n14: stored pictures, ms to start / put / get / sweep")
        for row in grown:
            print("14: " + " / ".join(f"{value:.2f}" for value in row))
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        plot(samples, table, options.out / "plot.png")


if __name__ == "__main__":
    main()
