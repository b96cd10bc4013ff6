"""ComfyUI: a workflow for each operation, filled in, queued, and followed to its pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Literal

from aiohttp import hdrs
from pydantic import Field, PrivateAttr, SecretStr, model_validator

from gateway.clock import RandomBytes, system_random
from gateway.concurrency import all_of
from gateway.config import Address, UpstreamSettings
from gateway.images import (
    LARGEST_N,
    AspectRatio,
    EditRequest,
    GenerateRequest,
    ImageFormat,
    ImageRequest,
    Operation,
    Picture,
    UpscaleRequest,
)
from gateway.upstreams.base import Capabilities, Capability, EmptyAnswer, Made, Rejected, Report
from gateway.upstreams.comfy.check import check
from gateway.upstreams.comfy.client import ComfyClient, Folder
from gateway.upstreams.comfy.graph import WorkflowError
from gateway.upstreams.comfy.history import StoredFile
from gateway.upstreams.comfy.job import Jobs
from gateway.upstreams.comfy.request_values import EXTRAS, fitted_size, negative_prompt_of, random_seed, seed_of
from gateway.upstreams.comfy.templates import Task
from gateway.upstreams.comfy.workflow import IMAGES, Value, Workflow
from gateway.upstreams.comfy.workflow_settings import AnyValue, WorkflowSettings
from gateway.upstreams.http import UpstreamHttp
from gateway.upstreams.outgoing import mask_for, picture_for, pictures_for, upscaled_size
from gateway.upstreams.results import from_bytes, those_of
from gateway.upstreams.tools import Tools

SIZES: Mapping[AspectRatio, str] = MappingProxyType(
    {
        AspectRatio.SQUARE: "1024x1024",
        AspectRatio.WIDE: "1344x768",
        AspectRatio.TALL: "768x1344",
        AspectRatio.LANDSCAPE: "1152x864",
        AspectRatio.PORTRAIT: "864x1152",
    }
)
"""About a megapixel each, as SDXL and the models after it were trained on."""

_MADE = frozenset({ImageFormat.PNG})
_TAKEN = frozenset({ImageFormat.PNG, ImageFormat.JPEG})
"""LoadImage reads more formats, but makes a batch of a picture that moves."""


class ComfyUISettings(UpstreamSettings):
    driver: Literal["comfyui"]
    base_url: Address
    api_key: SecretStr | None = None
    """Sent as a bearer token: ComfyUI has no keys, a proxy in front of it may."""
    headers: Mapping[str, SecretStr] = Field(default_factory=dict)
    """Further headers that such a proxy wants."""
    concurrency: Annotated[int, Field(ge=1)] = 2
    """ComfyUI runs one job at a time; the second waits there, so that the GPU is never idle between two."""
    on_disconnect: Literal["finish", "cancel"] = "cancel"
    generate: WorkflowSettings | None = None
    edit: WorkflowSettings | None = None
    """For edits without a mask."""
    inpaint: WorkflowSettings | None = None
    """For edits with a mask."""
    upscale: WorkflowSettings | None = None
    values: Mapping[str, AnyValue] = Field(default_factory=dict)
    """Values for all workflows that have a place for them, such as `checkpoint`."""
    sizes: Mapping[AspectRatio, Annotated[str, Field(pattern=r"^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$")]] = Field(
        default_factory=dict
    )
    """Pixels for single ratios, where a model wants others than SDXL; edits get as many as the square has."""
    max_n: Annotated[int, Field(ge=1)] = LARGEST_N
    """Pictures in one batch; each takes memory of the GPU."""
    uploads: Folder = "temp"
    """Where input pictures are put at the backend: temp is emptied when ComfyUI starts, input never."""

    _workflows: dict[Task, Workflow] = PrivateAttr()

    @model_validator(mode="after")
    def _fitting(self) -> ComfyUISettings:
        configured = {task: keys for task in Task if (keys := getattr(self, task)) is not None}
        if not configured:
            raise ValueError(f"give a workflow for at least one of {', '.join(Task)}")
        self._workflows = {task: _made(task, keys, self.values) for task, keys in configured.items()}
        for name in self.values:
            if not any(workflow.takes(name) for workflow in self._workflows.values()):
                raise ValueError(f"values.{name}: no workflow has a place of this name")
        return self

    @property
    def workflows(self) -> Mapping[Task, Workflow]:
        return self._workflows

    def size(self, ratio: AspectRatio) -> tuple[int, int]:
        width, height = self.sizes.get(ratio, SIZES[ratio]).split("x")
        return int(width), int(height)


class ComfyUIUpstream:
    def __init__(
        self, name: str, settings: ComfyUISettings, tools: Tools, random_bytes: RandomBytes = system_random
    ) -> None:
        self.name = name
        self.capabilities = _capabilities(settings)
        self._settings = settings
        self._tools = tools
        self._random_bytes = random_bytes
        self._http = UpstreamHttp(settings.base_url, headers=_headers(settings), timeout=settings.timeout)
        self._client = ComfyClient(self._http)
        self._jobs = Jobs(self._http, tools, random_bytes, timeout=settings.timeout)

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    async def generate(self, request: GenerateRequest, report: Report) -> tuple[Made, ...]:
        workflow = self._workflow(Task.GENERATE)
        width, height = self._settings.size(request.ratio or AspectRatio.SQUARE)
        values: dict[str, Value] = {"prompt": request.prompt, "width": width, "height": height, "n": request.n}
        return await self._run(workflow, values, request, report, most=request.n)

    async def edit(self, request: EditRequest, report: Report) -> tuple[Made, ...]:
        workflow = self._workflow(Task.EDIT if request.mask is None else Task.INPAINT)
        pictures = await pictures_for(request, _TAKEN, self._tools)
        width, height = self._edit_size(pictures[0], request.ratio)
        values: dict[str, Value] = {"prompt": request.prompt, "width": width, "height": height, "n": request.n}
        names = await all_of(self._upload(picture) for picture in pictures)
        values.update(zip(IMAGES, names, strict=False))
        if request.mask is not None:
            values["mask"] = await self._upload(await mask_for(request, workflow.mask, self._tools))
        return await self._run(workflow, values, request, report, most=request.n)

    async def upscale(self, request: UpscaleRequest, report: Report) -> tuple[Made, ...]:
        workflow = self._workflow(Task.UPSCALE)
        times = request.upscale_factor.times
        picture = await picture_for(request.image, _TAKEN, self._tools)
        width, height = upscaled_size(picture, times, self._tools)
        name = await self._upload(picture)
        values: dict[str, Value] = {"image": name, "factor": times, "width": width, "height": height}
        return await self._run(workflow, values, request, report, most=1)

    async def probe(self) -> None:
        await self._client.greet()
        await check(self._client, self._settings.workflows.values())

    def _workflow(self, task: Task) -> Workflow:
        workflow = self._settings.workflows.get(task)
        if workflow is None:
            raise Rejected(f"this upstream has no workflow to {task}")
        return workflow

    def _edit_size(self, picture: Picture, ratio: AspectRatio | None) -> tuple[int, int]:
        """The asked shape, or the picture's own in as many pixels as the model is used to."""
        if ratio is not None:
            return self._settings.size(ratio)
        width, height = self._settings.size(AspectRatio.SQUARE)
        return fitted_size(picture.width, picture.height, width * height)

    async def _upload(self, picture: Picture) -> str:
        return await self._client.upload(picture, self._random_bytes(16).hex(), self._settings.uploads)

    async def _run(
        self, workflow: Workflow, values: Mapping[str, Value], request: ImageRequest, report: Report, *, most: int
    ) -> tuple[Made, ...]:
        chosen = dict(self._chosen(workflow, request.extras))
        files = await self._jobs.run(workflow, {**values, **chosen}, report)
        if not files:
            raise EmptyAnswer("the job ended without a picture")
        return await those_of(self._made(file) for file in files[:most])

    def _chosen(self, workflow: Workflow, extras: Mapping[str, object]) -> Iterator[tuple[str, Value]]:
        """What clients may set, and otherwise a seed of its own for every call."""
        seed = seed_of(extras)
        if seed is not None:
            yield "seed", seed
        elif "seed" not in workflow.values:
            yield "seed", random_seed(self._random_bytes)
        unwanted = negative_prompt_of(extras)
        if unwanted is not None:
            yield "negative_prompt", unwanted

    async def _made(self, file: StoredFile) -> Made:
        return Made(await from_bytes(await self._client.fetch(file), self._tools))


def _capabilities(settings: ComfyUISettings) -> Capabilities:
    workflows = settings.workflows
    operations: dict[Operation, Capability] = {}
    if Task.GENERATE in workflows:
        operations[Operation.GENERATE] = _making(settings, workflows[Task.GENERATE])
    edits = [workflows[task] for task in (Task.EDIT, Task.INPAINT) if task in workflows]
    if edits:
        operations[Operation.EDIT] = replace(
            _making(settings, *edits),
            max_images=min(workflow.most_images for workflow in edits),
            masks=Task.INPAINT in workflows,
            needs_mask=Task.EDIT not in workflows,
        )
    if Task.UPSCALE in workflows:
        operations[Operation.UPSCALE] = Capability(output_formats=_MADE)
    extras = {name for name in EXTRAS for workflow in workflows.values() if workflow.takes(name)}
    return Capabilities(operations, frozenset(extras))


def _making(settings: ComfyUISettings, *workflows: Workflow) -> Capability:
    """More than one picture a call where all of `workflows` have a place for their number."""
    batches = all(workflow.takes("n") for workflow in workflows)
    return Capability(max_n=settings.max_n if batches else 1, output_formats=_MADE)


def _made(task: Task, keys: WorkflowSettings, values: Mapping[str, Value]) -> Workflow:
    try:
        return keys.made(task, values)
    except WorkflowError as error:
        raise ValueError(f"{task}.{error}") from error


def _headers(settings: ComfyUISettings) -> dict[str, str]:
    headers = {name: value.get_secret_value() for name, value in settings.headers.items()}
    if settings.api_key is None:
        return headers
    return {**headers, hdrs.AUTHORIZATION: f"Bearer {settings.api_key.get_secret_value()}"}
