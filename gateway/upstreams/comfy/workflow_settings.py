"""Which workflow an operation runs, as keys of gateway.yaml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, PrivateAttr, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from gateway.config import Section
from gateway.imaging.masks import Polarity
from gateway.upstreams.comfy.graph import WorkflowError
from gateway.upstreams.comfy.templates import TEMPLATES, Task, read_template
from gateway.upstreams.comfy.workflow import IMAGES, Value, Workflow, make_workflow

_OF_REQUESTS = frozenset({"prompt", "n", "width", "height", "factor", "mask", *IMAGES})
"""Names whose values come with every request, so that a fixed one would never be used."""

_ESSENTIAL: Mapping[Task, tuple[str, ...]] = {
    Task.GENERATE: ("prompt",),
    Task.EDIT: ("prompt", "image"),
    Task.INPAINT: ("prompt", "image", "mask"),
    Task.UPSCALE: ("image",),
}
"""Places without which a workflow of one's own could not do what it is for."""


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


Addresses = Annotated[tuple[str, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
AnyValue = StrictStr | StrictBool | StrictInt | StrictFloat


class WorkflowSettings(Section):
    """A ready template, or a workflow of one's own with its places."""

    template: str | None = None
    workflow: Path | None = None
    """A file that ComfyUI exported in API format."""
    inputs: Mapping[str, Addresses] = Field(default_factory=dict)
    """For each name that requests and `values` fill, one or more places `node.input`; the node by id or title."""
    output: str | None = None
    """The node that saves the pictures, by id or title."""
    values: Mapping[str, AnyValue] = Field(default_factory=dict)
    """What the workflow is to use instead of what its file says, such as `steps`; `seed` makes a fixed one."""
    mask: Polarity = Polarity.TRANSPARENT
    """How the mask is uploaded: for LoadImage, whose mask is what is transparent, or white on black."""

    _document: object = PrivateAttr()

    @model_validator(mode="after")
    def _readable(self) -> WorkflowSettings:
        if (self.template is None) == (self.workflow is None):
            raise ValueError("give exactly one of template and workflow")
        if self.template is not None:
            if self.template not in TEMPLATES:
                raise ValueError(f"no template is called {self.template}; there are {', '.join(TEMPLATES)}")
            if self.model_fields_set & {"inputs", "output", "mask"}:
                raise ValueError("a template brings its own inputs, output and mask; they are given for a workflow")
        elif self.output is None:
            raise ValueError("output is required: the node that saves the pictures")
        fixed = sorted(_OF_REQUESTS & self.values.keys())
        if fixed:
            raise ValueError(f"values.{fixed[0]}: it comes with every request")
        self._document = _read(self.workflow) if self.workflow else read_template(str(self.template))
        return self

    def made(self, task: Task, shared: Mapping[str, Value]) -> Workflow:
        """
        Args:
            task: what it is for.
            shared: values of the whole backend, used where the workflow has a place for them.

        Raises:
            WorkflowError: the keys do not fit the file, or the workflow cannot do the task.
        """
        inputs: Mapping[str, tuple[str, ...]] = self.inputs
        output = self.output
        if self.template is not None:
            template = TEMPLATES[self.template]
            if template.task is not task:
                raise WorkflowError(f"template: {self.template} is for {template.task}")
            inputs, output = template.inputs, template.output
        values = {**{name: value for name, value in shared.items() if name in inputs}, **self.values}
        workflow = make_workflow(self._document, inputs=inputs, output=output or "", values=values, mask=self.mask)
        if self.template is None:
            _check_essentials(workflow, task)
        return workflow


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"workflow: {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"workflow: {path} is not JSON") from error


def _check_essentials(workflow: Workflow, task: Task) -> None:
    for name in _ESSENTIAL[task]:
        if not workflow.takes(name):
            raise WorkflowError(f"inputs.{name}: is required to {task}")
    if task is Task.UPSCALE and not workflow.takes("factor") and not workflow.takes("width", "height"):
        raise WorkflowError("inputs: to upscale, factor is required, or both width and height")
    if not workflow.takes(*IMAGES[: workflow.most_images]):
        raise WorkflowError(f"inputs: pictures are numbered without a gap: {', '.join(IMAGES[:3])} ...")
