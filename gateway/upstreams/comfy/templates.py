"""Workflows that are ready to use. Each is a file in API format, which ComfyUI itself can open and change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType


class Task(StrEnum):
    """What a workflow is for. An edit with a mask takes another graph than one without."""

    GENERATE = "generate"
    EDIT = "edit"
    INPAINT = "inpaint"
    UPSCALE = "upscale"


@dataclass(frozen=True, slots=True)
class Template:
    task: Task
    inputs: Mapping[str, tuple[str, ...]]
    output: str = "Save"


_SAMPLER = {
    "checkpoint": ("Checkpoint.ckpt_name",),
    "prompt": ("Prompt.text",),
    "negative_prompt": ("Negative prompt.text",),
    "seed": ("Sampler.seed",),
    "steps": ("Sampler.steps",),
    "cfg": ("Sampler.cfg",),
    "sampler": ("Sampler.sampler_name",),
    "scheduler": ("Sampler.scheduler",),
    "denoise": ("Sampler.denoise",),
}

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {
        "txt2img": Template(
            Task.GENERATE,
            {
                **_SAMPLER,
                "width": ("Canvas.width",),
                "height": ("Canvas.height",),
                "n": ("Canvas.batch_size",),
            },
        ),
        "img2img": Template(
            Task.EDIT,
            {
                **_SAMPLER,
                "image": ("Image.image",),
                "width": ("Fit image.width",),
                "height": ("Fit image.height",),
                "n": ("Batch.amount",),
            },
        ),
        "inpaint": Template(
            Task.INPAINT,
            {
                **_SAMPLER,
                "image": ("Image.image",),
                "mask": ("Mask.image",),
                "width": ("Fit image.width", "Fit mask.width"),
                "height": ("Fit image.height", "Fit mask.height"),
                "n": ("Batch.amount", "Batch of originals.amount"),
                "grow_mask": ("Grow mask.expand",),
            },
        ),
        "upscale-model": Template(
            Task.UPSCALE,
            {
                "image": ("Image.image",),
                "upscaler": ("Upscaler.model_name",),
                "width": ("Exact size.width",),
                "height": ("Exact size.height",),
            },
        ),
        # The last three need no model: they show that a server and the way to it work.
        "blank": Template(
            Task.GENERATE,
            {
                "width": ("Canvas.width",),
                "height": ("Canvas.height",),
                "n": ("Canvas.batch_size",),
                "color": ("Canvas.color",),
            },
        ),
        "fill": Template(
            Task.INPAINT,
            {
                "image": ("Image.image",),
                "mask": ("Mask.image",),
                "width": ("Fit image.width", "Paint.width"),
                "height": ("Fit image.height", "Paint.height"),
                "color": ("Paint.color",),
            },
        ),
        "lanczos": Template(
            Task.UPSCALE,
            {
                "image": ("Image.image",),
                "factor": ("Scale.scale_by",),
            },
        ),
    }
)


def read_template(name: str) -> object:
    """The file of a template, parsed."""
    return json.loads((files(__package__) / "templates" / f"{name}.json").read_text(encoding="utf-8"))
