"""The keys of the ComfyUI driver: what they accept, and how a fault is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.config import Config
from gateway.config_file import ConfigError, load, parse
from gateway.images import AspectRatio, Operation
from gateway.upstreams import DRIVER_SETTINGS, DRIVERS
from gateway.upstreams.comfy.templates import Task, read_template
from gateway.upstreams.comfyui import SIZES, ComfyUISettings

ADDRESS = "http://127.0.0.1:8188"
OWN = {"inputs": {"prompt": "6.text", "seed": "Sampler.seed"}, "output": "9"}


def settings(**keys: Any) -> ComfyUISettings:
    return ComfyUISettings.model_validate({"driver": "comfyui", "base_url": ADDRESS, **keys})


def faults(**keys: Any) -> list[str]:
    comfyui = {"driver": "comfyui", "base_url": ADDRESS, **keys}
    with pytest.raises(ConfigError) as caught:
        parse({"upstreams": {"comfy": comfyui, "local": {"driver": "local"}}}, DRIVER_SETTINGS, {})
    return caught.value.faults


@pytest.fixture
def exported(tmp_path: Path) -> str:
    """A workflow as ComfyUI exports it."""
    path = tmp_path / "workflow.json"
    path.write_text(json.dumps(read_template("txt2img")))
    return str(path)


def test_a_workflow_of_one_s_own_has_the_places_that_are_named(exported: str) -> None:
    keys = settings(generate={"workflow": exported, **OWN})

    workflow = keys.workflows[Task.GENERATE]
    assert {name: str(places[0]) for name, places in workflow.places.items()} == {"prompt": "6.text", "seed": "3.seed"}
    assert workflow.output == "9"


def test_without_a_place_for_their_number_pictures_are_made_one_by_one(exported: str) -> None:
    keys = settings(generate={"workflow": exported, **OWN})
    upstream = DRIVERS["comfyui"].make("comfy", keys, None)  # type: ignore[arg-type]  # nothing is asked of it

    assert upstream.capabilities.operations[Operation.GENERATE].max_n == 1
    assert upstream.capabilities.extras == {"seed"}


def test_shared_values_go_where_there_is_a_place_and_own_ones_before_them() -> None:
    keys = settings(
        generate={"template": "txt2img", "values": {"steps": 9}},
        upscale={"template": "lanczos"},
        values={"checkpoint": "other.safetensors", "steps": 30},
    )

    assert keys.workflows[Task.GENERATE].values == {"checkpoint": "other.safetensors", "steps": 9}
    assert keys.workflows[Task.UPSCALE].values == {}


def test_work_that_nobody_waits_for_is_cancelled_unless_said_otherwise() -> None:
    keys = settings(generate={"template": "blank"})

    assert (keys.on_disconnect, keys.concurrency) == ("cancel", 2)


@pytest.mark.parametrize("ratio", AspectRatio)
def test_the_default_sizes_have_their_ratio_and_about_a_megapixel(ratio: AspectRatio) -> None:
    width, height = settings(generate={"template": "blank"}).size(ratio)

    assert SIZES[ratio] == f"{width}x{height}"
    assert abs(width / height / ratio.quotient - 1) < 0.03
    assert abs(width * height / 2**20 - 1) < 0.06
    assert width % 8 == height % 8 == 0


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({}, "upstreams.comfy: give a workflow for at least one of generate, edit, inpaint, upscale"),
        ({"generate": {}}, "upstreams.comfy.generate: give exactly one of template and workflow"),
        ({"generate": {"template": "sd"}}, "upstreams.comfy.generate: no template is called sd; there are txt2img"),
        ({"generate": {"template": "img2img"}}, "upstreams.comfy: generate.template: img2img is for edit"),
        ({"generate": {"template": "blank", "output": "9"}}, "upstreams.comfy.generate: a template brings its own"),
        ({"generate": {"template": "blank", "values": {"n": 2}}}, "generate: values.n: it comes with every request"),
        (
            {"generate": {"template": "blank", "values": {"step": 2}}},
            "comfy: generate.values.step: the workflow has no",
        ),
        ({"generate": {"template": "blank"}, "values": {"steps": 2}}, "comfy: values.steps: no workflow has a place"),
        (
            {"generate": {"template": "blank"}, "sizes": {"1:1": "512"}},
            "upstreams.comfy.sizes.1:1: string should match",
        ),
        ({"generate": {"workflow": "no/such.json", **OWN}}, "generate: workflow: no/such.json cannot be read: No such"),
        ({"generate": {"template": "blank", "steps": 3}}, "upstreams.comfy.generate.steps: unknown key"),
    ],
)
def test_a_fault_is_named_by_its_key(keys: dict[str, Any], fault: str) -> None:
    (found,) = faults(**keys)

    assert fault in found


@pytest.mark.parametrize(
    ("task", "inputs", "fault"),
    [
        ("generate", {"seed": "3.seed"}, "generate.inputs.prompt: is required to generate"),
        ("edit", {"prompt": "6.text"}, "edit.inputs.image: is required to edit"),
        ("inpaint", {"prompt": "6.text", "image": "4.ckpt_name"}, "inpaint.inputs.mask: is required to inpaint"),
        ("upscale", {"image": "4.ckpt_name", "width": "5.width"}, "upscale.inputs: to upscale, factor is required"),
        (
            "edit",
            {"prompt": "6.text", "image": "4.ckpt_name", "image_3": "7.text"},
            "edit.inputs: pictures are numbered without a gap",
        ),
    ],
)
def test_a_workflow_that_cannot_do_its_task_is_told(exported: str, task: str, inputs: Any, fault: str) -> None:
    (found,) = faults(**{task: {"workflow": exported, "inputs": inputs, "output": "9"}})

    assert fault in found


def test_a_file_that_is_no_workflow_is_told(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{")

    (found,) = faults(generate={"workflow": str(path), **OWN})

    assert found.endswith("broken.json is not JSON")


def test_secrets_do_not_show() -> None:
    keys = settings(generate={"template": "blank"}, api_key="canary", headers={"X-Pass": "canary"})

    assert "canary" not in repr(keys)


def test_the_example_in_gateway_yaml_loads(tmp_path: Path) -> None:
    lines = (Path(__file__).parents[2] / "gateway.yaml").read_text().splitlines()
    start = lines.index("  # comfy:")
    end = next(index for index in range(start, len(lines)) if not lines[index].startswith("  #"))
    path = tmp_path / "gateway.yaml"
    path.write_text(
        "\n".join(["upstreams:", "  local: {driver: local}", *(f"  {line[4:]}" for line in lines[start:end])])
    )

    config: Config = load(path, DRIVER_SETTINGS, {})

    found = config.upstreams["comfy"]
    assert isinstance(found, ComfyUISettings)
    assert set(found.workflows) == set(Task)
