"""What is heard on ComfyUI's websocket, how far a job is by it, and who wakes whom."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

import pytest
from support.clocks import LeapingClock
from support.comfyui import LIVE, SAMPLED, SAMPLING

from gateway.clock import SystemClock
from gateway.upstreams.comfy.doorbell import Doorbell
from gateway.upstreams.comfy.frames import Advanced, Begun, Ended, Frame, Preview, read_binary, read_text
from gateway.upstreams.comfy.gauge import Gauge
from gateway.upstreams.comfy.graph import read_graph

JOB = SAMPLED["job"]


def heard(frame: dict[str, Any], job: str = JOB) -> Frame | None:
    return read_text(json.dumps(frame), job)


def said(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"prompt_id": JOB, **data}}


@pytest.mark.parametrize(
    ("frame", "meaning"),
    [
        (said("executing", node="3"), Begun("3")),
        (said("executing", node=None), Ended()),
        (said("executed", node="9", output={}), Advanced({"9": 1.0})),
        (said("execution_cached", nodes=["4", 7, "6"]), Advanced({"4": 1.0, "6": 1.0})),
        (said("progress", node="3", value=1, max=4), Advanced({"3": 0.25})),
        (said("progress_state", nodes={"3": {"value": 1.0, "max": 2.0}, "4": 1}), Advanced({"3": 0.5})),
        (said("execution_success"), Ended()),
        (said("execution_error", exception_message="/srv/secret"), Ended()),
        (said("execution_interrupted"), Ended()),
        (said("execution_start"), None),
        (said("progress", node="3", value=9, max=4), Advanced({"3": 1.0})),
        (said("progress", node="3", value="9", max=0), Advanced({"3": 0.0})),
        ({"type": "status", "data": {"sid": "x"}}, None),
    ],
)
def test_a_frame_is_understood(frame: dict[str, Any], meaning: Frame | None) -> None:
    assert heard(frame) == meaning


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"type": 1}', '{"type": "executing"}', "[" * 100_000])
def test_what_is_no_frame_is_passed_over(text: str) -> None:
    assert read_text(text, JOB) is None


def test_other_jobs_are_not_listened_to() -> None:
    assert heard(said("executing", node=None), "another") is None


@pytest.mark.parametrize("name", ["sampling_with_preview_metadata", "sampling_without"])
def test_the_recorded_jobs_end_where_they_ended(name: str) -> None:
    recorded = SAMPLING[name]
    texts = [frame for frame in recorded["frames"] if "type" in frame]

    meanings = [heard(frame, recorded["job"]) for frame in texts]

    assert [index for index, meaning in enumerate(meanings) if meaning == Ended()] == [len(texts) - 3, len(texts) - 1]


def test_the_recorded_job_without_models_is_understood_too() -> None:
    frames = LIVE["generate_model_free"]["ws"]
    job = frames[-1]["data"]["prompt_id"]

    assert [heard(frame, job) for frame in frames if heard(frame, job)] == [
        Advanced({}), Begun("1"), Begun("2"), Advanced({"2": 1.0}), Ended(), Ended()
    ]  # fmt: skip


def test_a_preview_follows_its_head() -> None:
    assert read_binary(struct.pack(">II", 1, 2) + b"file", JOB) == Preview(b"file")


def test_the_recorded_picture_frame_is_a_preview() -> None:
    recorded = bytes.fromhex(LIVE["upscale_x2_SaveImageWebsocket"]["binary_frame"][0]["binary_head"])

    assert read_binary(recorded, JOB) == Preview(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(("job", "heard"), [(JOB, Preview(b"file")), ("another", None)])
def test_a_preview_with_metadata_names_its_job(job: str, heard: Preview | None) -> None:
    metadata = json.dumps({"prompt_id": JOB}).encode()

    assert read_binary(struct.pack(">II", 4, len(metadata)) + metadata + b"file", job) == heard


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\1",
        struct.pack(">II", 3, 0) + b"text",
        struct.pack(">II", 4, 2**32 - 1) + b"{}",
        struct.pack(">II", 4, 1) + b"[file",
        struct.pack(">II", 4, 2) + b"[]file",
    ],
)
def test_other_binary_frames_are_passed_over(data: bytes) -> None:
    assert read_binary(data, JOB) is None


def test_a_sampler_weighs_as_much_as_its_steps() -> None:
    graph = {"1": {"class_type": "Load", "inputs": {}}, "2": {"class_type": "Sample", "inputs": {"steps": 8}}}
    gauge = Gauge(read_graph({**graph, "3": {"class_type": "Save", "inputs": {}}}))

    gauge.take(Advanced({"1": 1.0, "2": 0.5, "unfolded": 1.0}))

    assert gauge.level == 0.5


def test_a_node_is_done_when_the_next_one_begins() -> None:
    gauge = Gauge(read_graph({name: {"class_type": "A", "inputs": {}} for name in "1234"}))
    levels = []

    for frame in (Begun("1"), Begun("2"), Begun("2"), Begun("3"), Advanced({"4": 1.0})):
        gauge.take(frame)
        levels.append(gauge.level)

    assert levels == [0, 0.25, 0.25, 0.5, 0.75]


def test_the_level_never_falls() -> None:
    gauge = Gauge(read_graph({"1": {"class_type": "A", "inputs": {}}}))

    gauge.take(Advanced({"1": 0.75}))
    gauge.take(Advanced({"1": 0.25}))

    assert gauge.level == 0.75


async def test_a_ring_ends_the_sleep() -> None:
    bell = Doorbell(SystemClock())
    sleeping = asyncio.create_task(bell.sleep(3600))
    await asyncio.sleep(0)

    bell.ring()

    async with asyncio.timeout(1):
        await sleeping


async def test_a_ring_before_the_sleep_is_not_lost_and_counts_once() -> None:
    clock = LeapingClock()
    bell = Doorbell(clock)
    bell.ring()

    await bell.sleep(5)
    await bell.sleep(7)

    assert (bell.monotonic(), bell.time()) == (clock.monotonic(), clock.time())
    assert clock.sleeps[-1] == 7


async def test_a_sleep_that_is_cancelled_leaves_nothing_behind() -> None:
    sleeping = asyncio.create_task(Doorbell(SystemClock()).sleep(3600))
    await asyncio.sleep(0)

    sleeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeping
    await asyncio.sleep(0)

    assert len(asyncio.all_tasks()) == 1
