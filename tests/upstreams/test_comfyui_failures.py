"""ComfyUI when something fails: what it means, and what is stopped when nobody waits."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from support.backend import backend, says
from support.comfyui import LIVE, SAMPLING, Comfy, comfy
from support.drivers import edition, enlargement, generation, opened, unheard
from support.gateway import StartGateway
from support.samples import plain

from gateway.clock import SystemClock
from gateway.upstreams.base import (
    Ambiguous,
    EmptyAnswer,
    NotSent,
    Progress,
    Refused,
    Rejected,
    Upstream,
    UpstreamError,
)
from gateway.upstreams.http import HttpAnswer, UpstreamHttp

Open = Callable[..., Any]
ALL: dict[str, Any] = {
    "generate": {"template": "txt2img"},
    "edit": {"template": "img2img"},
    "upscale": {"template": "upscale-model"},
}


class BriskClock(SystemClock):
    """Waits a fiftieth."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


@pytest.fixture
async def server() -> AsyncIterator[Comfy]:
    async with comfy() as running:
        yield running


@pytest.fixture
async def driver(server: Comfy) -> AsyncIterator[Open]:
    async with AsyncExitStack() as stack:

        async def make(**keys: Any) -> Upstream:
            keys = {"base_url": server.address, **ALL, **keys}
            return await stack.enter_async_context(opened("comfyui", clock=BriskClock(), **keys))

        yield make


async def failing(upstream: Upstream) -> UpstreamError:
    """The outcome of a generation that fails."""
    with pytest.raises(UpstreamError) as caught:
        await upstream.generate(generation("a canary"), unheard)
    return caught.value


async def cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_a_websocket_the_history_is_asked(server: Comfy, driver: Open) -> None:
    server.sockets_open = False
    upstream = await driver()
    told: list[Progress] = []

    made = await upstream.generate(generation(), told.append)

    assert (len(made), told) == (1, [])


async def test_a_websocket_that_breaks_midway_costs_only_progress(
    server: Comfy, driver: Open, caplog: pytest.LogCaptureFixture
) -> None:
    server.cut_after = 12
    upstream = await driver()
    told: list[Progress] = []

    with caplog.at_level(logging.INFO, "gateway.upstreams"):
        made = await upstream.generate(generation(), told.append)

    assert (len(made), len(told) > 0) == (1, True)
    assert "progress not heard" in caplog.messages


async def test_a_websocket_that_says_nothing_is_no_hindrance(server: Comfy, driver: Open) -> None:
    server.frames = [{"type": "status", "data": {}}]
    upstream = await driver()

    assert len(await upstream.generate(generation(), unheard)) == 1


async def test_frames_that_are_no_frames_are_passed_over(server: Comfy, driver: Open) -> None:
    junk: list[dict[str, Any]] = [{}, {"type": 1}, {"type": "progress", "data": {"prompt_id": "another"}}]
    server.frames = [*junk, *SAMPLING["sampling_without"]["frames"]]
    upstream = await driver()

    assert len(await upstream.generate(generation(), unheard)) == 1


async def test_an_end_that_is_told_ends_the_wait_at_once(server: Comfy) -> None:
    async with opened("comfyui", base_url=server.address, **ALL) as upstream:
        server.may_end.clear()
        asyncio.get_running_loop().call_later(0.05, server.may_end.set)
        started = time.perf_counter()

        await upstream.generate(generation(), unheard)

    assert time.perf_counter() - started < 0.4  # the second look would have come after 0.5 s


@pytest.mark.parametrize(
    ("recorded", "detail"),
    [
        ("err_unknown_class", "invalid_prompt"),
        ("err_no_class", "invalid_prompt"),
        ("err_no_outputs", "prompt_no_outputs"),
        ("err_missing_input", "required_input_missing"),
        ("err_not_in_list", "value_bigger_than_max value_not_in_list"),
        ("err_bad_image", "a node of its own custom_validation_failed"),
    ],
)
async def test_a_workflow_that_is_not_taken_is_rejected(
    server: Comfy, driver: Open, recorded: str, detail: str
) -> None:
    answer = LIVE[recorded]
    server.instead["/prompt"] = lambda: web.json_response(answer["body"], status=answer["status"])
    error = await failing(await driver())

    assert (type(error), error.status) == (Rejected, 400)
    assert detail in error.detail
    assert all(word not in error.detail for word in ("canary", "Node ID", "Cannot execute", "none.png"))


async def test_a_rejection_names_the_node_by_its_class_from_our_own_workflow(server: Comfy, driver: Open) -> None:
    fault = {"errors": [{"type": "value_not_in_list", "details": "/srv/secret"}], "class_type": "<script>"}
    body = {"error": {"type": "prompt_outputs_failed_validation"}, "node_errors": {"4": fault}}
    server.instead["/prompt"] = lambda: web.json_response(body, status=400)

    error = await failing(await driver())

    assert error.detail.endswith("prompt_outputs_failed_validation, CheckpointLoaderSimple value_not_in_list")


async def test_a_workflow_taken_without_its_output_is_rejected_and_stopped(server: Comfy, driver: Open) -> None:
    errors = {"8": {"errors": [{"type": "required_input_missing"}], "dependent_outputs": ["9"]}}
    server.instead["/prompt"] = lambda: web.json_response({"prompt_id": "job", "number": 1, "node_errors": errors})

    error = await failing(await driver())

    assert (type(error), "VAEDecode required_input_missing" in error.detail) == (Rejected, True)
    assert server.stopped == [("delete", ["job"])]


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, Refused), (503, Refused), (502, Ambiguous), (401, Rejected), (413, Rejected)]
)
async def test_other_answers_to_a_submission_mean_what_their_status_means(
    server: Comfy, driver: Open, status: int, outcome: type[UpstreamError]
) -> None:
    server.instead["/prompt"] = lambda: web.Response(status=status, text="Server got itself in trouble")

    error = await failing(await driver())

    assert (type(error), error.status) == (outcome, status)


@pytest.mark.parametrize("body", ["[]", "{}", '{"prompt_id": 3}', "no JSON"])
async def test_an_acceptance_without_a_job_is_empty(server: Comfy, driver: Open, body: str) -> None:
    server.instead["/prompt"] = lambda: web.Response(text=body)

    assert type(await failing(await driver())) is EmptyAnswer


@pytest.mark.parametrize(
    ("recorded", "detail"),
    [
        (LIVE["err_missing_model"]["history_status"], "EmptyLatentImage: FileNotFoundError"),
        (LIVE["runtime_error_history_status"], "PIL.UnidentifiedImageError"),
        (LIVE["interrupted_history_status"], "interrupted"),
        ({"status_str": "error", "completed": False, "messages": []}, "failed"),
    ],
)
async def test_a_job_that_reports_failure_is_refused(
    server: Comfy, driver: Open, recorded: dict[str, Any], detail: str
) -> None:
    server.status = recorded

    error = await failing(await driver())

    assert (type(error), detail in error.detail) == (Refused, True)
    assert all(word not in error.detail for word in ("<COMFY>", "traceback", "4x.pth"))


async def test_a_job_without_a_picture_is_empty(server: Comfy, driver: Open) -> None:
    server.pictures = []

    assert type(await failing(await driver())) is EmptyAnswer


@pytest.mark.parametrize("body", [b"<html>", b"", b"\x89PNG\r\n\x1a\n"])
async def test_a_file_that_is_no_picture_is_empty(server: Comfy, driver: Open, body: bytes) -> None:
    server.pictures = [body]

    assert type(await failing(await driver())) is EmptyAnswer


async def test_a_picture_beyond_the_limits_is_empty(server: Comfy, driver: Open) -> None:
    server.pictures = [plain((2048, 2048))]

    error = await failing(await driver())

    assert (type(error), "pixels" in error.detail) == (EmptyAnswer, True)


async def test_a_file_that_is_gone_is_empty(server: Comfy, driver: Open) -> None:
    server.instead["/view"] = lambda: web.Response(status=404)

    error = await failing(await driver())

    assert (type(error), error.status) == (EmptyAnswer, 404)


@pytest.mark.parametrize("path", ["/prompt", "/ws", "/view", "/upload/image"])
async def test_a_redirect_is_never_followed(server: Comfy, driver: Open, path: str) -> None:
    async with backend(says()) as elsewhere:
        server.instead[path] = lambda: web.Response(status=307, headers={"Location": elsewhere.address + path})
        upstream = await driver(api_key="canary")

        results = await asyncio.gather(upstream.edit(edition(plain()), unheard), return_exceptions=True)

    assert elsewhere.asked == []
    assert isinstance(results[0], UpstreamError) is (path != "/ws")


async def test_a_server_that_is_not_there_was_sent_nothing() -> None:
    async with opened("comfyui", base_url="http://127.0.0.1:9", **ALL) as upstream:
        assert type(await failing(upstream)) is NotSent


async def test_an_upload_that_breaks_off_has_cost_nothing(server: Comfy, driver: Open) -> None:
    server.hangs_up = {"/upload/image"}
    upstream = await driver()

    with pytest.raises(NotSent, match="a picture did not get"):
        await upstream.upscale(enlargement(plain()), unheard)


async def test_a_submission_that_breaks_off_is_uncertain(server: Comfy, driver: Open) -> None:
    server.hangs_up = {"/prompt"}

    assert type(await failing(await driver())) is Ambiguous


async def test_a_server_that_is_lost_after_it_accepted_leaves_the_job_uncertain(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver()
    task = asyncio.create_task(failing(upstream))
    await server.begun.wait()

    server.hangs_up = {"*"}
    error = await task

    assert (type(error), "lost sight" in error.detail) == (Ambiguous, True)


async def test_a_server_that_forgot_the_job_leaves_it_uncertain(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver()
    task = asyncio.create_task(failing(upstream))
    await server.begun.wait()

    server.jobs.clear()
    error = await task

    assert (type(error), "no longer knows" in error.detail) == (Ambiguous, True)


async def test_a_server_that_is_lost_before_the_picture_came_leaves_it_uncertain(server: Comfy, driver: Open) -> None:
    server.hangs_up = {"/view"}

    assert type(await failing(await driver())) is Ambiguous


async def test_a_picture_that_nobody_can_be_asked_for_was_made_all_the_same(
    driver: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = UpstreamHttp.get

    async def refused(http: UpstreamHttp, path: str, **options: Any) -> HttpAnswer:
        if path == "/view":
            raise NotSent("ClientConnectorError")
        return await get(http, path, **options)

    monkeypatch.setattr(UpstreamHttp, "get", refused)

    assert type(await failing(await driver())) is Ambiguous


@pytest.mark.parametrize(("status", "body"), [(500, "{}"), (200, "[]"), (200, "no JSON")])
async def test_a_look_that_tells_nothing_is_not_the_job_s_failure(
    server: Comfy, driver: Open, status: int, body: str
) -> None:
    def once() -> web.Response:
        server.instead.clear()
        return web.Response(status=status, text=body)

    server.own_ids = True
    server.instead["/history/own-1"] = once
    upstream = await driver()

    assert len(await upstream.generate(generation(), unheard)) == 1
    assert server.instead == {}


async def test_an_older_server_s_own_id_is_followed(server: Comfy, driver: Open) -> None:
    server.own_ids = True
    upstream = await driver()

    assert len(await upstream.generate(generation(), unheard)) == 1
    assert "/history/own-1" in server.paths()


async def test_a_cancelled_job_that_waits_leaves_the_queue_and_harms_no_other(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver()
    other = asyncio.create_task(upstream.generate(generation(), unheard))
    await server.begun.wait()
    server.may_begin.clear()
    server.queued.clear()
    task = asyncio.create_task(upstream.generate(generation(), unheard))
    await server.queued.wait()

    await cancelled(task)
    server.may_end.set()

    assert server.stopped == [("delete", [server.submitted[1]["prompt_id"]])]
    assert len(await other) == 1


async def test_a_cancelled_job_that_runs_is_interrupted_by_its_id(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver()
    task = asyncio.create_task(upstream.generate(generation(), unheard))
    await server.begun.wait()
    started = time.perf_counter()

    await cancelled(task)

    assert time.perf_counter() - started < 1
    job = server.submitted[0]["prompt_id"]
    assert (server.stopped, server.jobs) == ([("delete", [job]), ("interrupt", job)], {})


async def test_a_job_that_runs_out_of_time_is_stopped(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver(timeout=0.2)

    error = await failing(upstream)

    assert isinstance(error, Ambiguous)
    assert (error.timed_out, server.jobs) == (True, {})


async def test_a_cancelled_call_leaves_no_task_behind(server: Comfy, driver: Open) -> None:
    server.may_end.clear()
    upstream = await driver()
    task = asyncio.create_task(upstream.generate(generation(), unheard))
    await server.begun.wait()

    await cancelled(task)

    running = {repr(left.get_coro()) for left in asyncio.all_tasks()}
    assert not [name for name in running if "comfy" in name and "Comfy._execute" not in name]


async def test_a_client_that_goes_away_stops_the_job(server: Comfy, start: StartGateway) -> None:
    server.may_end.clear()
    comfyui = {"driver": "comfyui", "base_url": server.address, **ALL}
    models = {"nano-banana": {"operations": ["generate", "edit"], "upstreams": ["comfy"]}}
    gateway = await start({"upstreams": {"comfy": comfyui}, "models": models})
    asked = asyncio.create_task(gateway.post("/v1/images/generations", json={"prompt": "a lighthouse"}))
    await server.begun.wait()

    await cancelled(asked)
    async with asyncio.timeout(1):
        await server.interrupted.wait()

    assert server.jobs == {}
