"""Workflows: how they are read, how their places are named, and what is submitted of them."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.upstreams.comfy.graph import Graph, WorkflowError, as_json, read_graph
from gateway.upstreams.comfy.templates import TEMPLATES, read_template
from gateway.upstreams.comfy.workflow import Workflow, make_workflow


def node(class_type: str, title: str | None = None, **inputs: Any) -> dict[str, Any]:
    meta = {"_meta": {"title": title}} if title else {}
    return {"class_type": class_type, "inputs": inputs, **meta}


DOCUMENT: dict[str, Any] = {
    "1": node("LoadImage", "Photo no. 1", image="example.png"),
    "2": node("LoadImage", "Second", image="example.png"),
    "3": {
        "class_type": "Combine",
        "inputs": {"a": ["1", 0], "b": ["2", 0], "resize.width": 512, "strength": 1, "on": True},
    },
    "4": node("SaveImage", "Save", images=["3", 0], filename_prefix="x"),
    "5": node("PreviewImage", images=["1", 0]),
    "6": node("Text", "Same", text=""),
    "7": node("Text", "Same", text=""),
}


def made(inputs: dict[str, list[str]] | None = None, output: str = "4", **values: Any) -> Workflow:
    return make_workflow(DOCUMENT, inputs=inputs or {}, output=output, values=values)


def inputs_of(graph: Graph, name: str) -> dict[str, object]:
    return dict(graph[name].inputs)


def test_only_what_leads_to_the_output_is_submitted() -> None:
    assert set(made().filled({}, "p")) == {"1", "2", "3", "4"}
    assert set(made(output="5").filled({}, "p")) == {"1", "5"}


def test_places_are_named_by_id_or_title_and_dots_may_stand_in_both() -> None:
    workflow = made({"image": ["Photo no. 1.image"], "width": ["3.resize.width"]}, output="Save")

    graph = workflow.filled({"image": "a.png", "width": 64}, "p")

    assert (inputs_of(graph, "1"), inputs_of(graph, "3")["resize.width"]) == ({"image": "a.png"}, 64)


def test_a_value_goes_to_all_its_places_and_one_without_a_place_nowhere() -> None:
    workflow = make_workflow(
        {"1": node("A", width=1), "2": node("B", width=1, of=["1", 0])},
        inputs={"width": ["1.width", "2.width"]},
        output="2",
    )

    graph = workflow.filled({"width": 7, "height": 9}, "p")

    assert [inputs_of(graph, name)["width"] for name in "12"] == [7, 7]


def test_a_request_s_value_goes_before_the_operator_s_and_that_before_the_file_s() -> None:
    workflow = made({"strength": ["3.strength"]}, strength=0.5)

    assert inputs_of(workflow.filled({}, "p"), "3")["strength"] == 0.5
    assert inputs_of(workflow.filled({"strength": 2}, "p"), "3")["strength"] == 2


def test_every_submission_saves_under_its_own_name() -> None:
    assert inputs_of(made().filled({}, "gateway/7"), "4")["filename_prefix"] == "gateway/7"


def test_the_node_of_a_picture_that_a_request_has_not_goes_with_its_wires() -> None:
    workflow = made({"image": ["1.image"], "image_2": ["2.image"]})

    one, two = workflow.filled({"image": "a"}, "p"), workflow.filled({"image": "a", "image_2": "b"}, "p")

    assert ("2" in one, "b" in one["3"].inputs, "a" in one["3"].inputs) == (False, False, True)
    assert two["3"].inputs["b"] == ["2", 0]
    assert workflow.most_images == 2


def test_filling_leaves_the_workflow_as_it_was() -> None:
    workflow = made({"strength": ["3.strength"]})
    before = as_json(workflow.graph)

    workflow.filled({"strength": 9}, "p")

    assert as_json(workflow.graph) == before


@pytest.mark.parametrize(
    "document",
    [
        [],
        None,
        {"nodes": [], "links": []},
        {"1": {"inputs": {}}},
        {"1": {"class_type": "A"}},
        {"1": "x"},
        {"1": node("A", of=["9", 0])},
    ],
)
def test_what_is_no_api_format_is_told(document: object) -> None:
    with pytest.raises(WorkflowError):
        read_graph(document)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"seed": ["9.seed"]}, "inputs.seed: no node is called 9; there are 1 (Photo no. 1), 2 (Second)"),
        ({"seed": ["3.seed"]}, "inputs.seed: Combine has no input seed; there are a, b, resize.width"),
        ({"seed": ["seed"]}, "inputs.seed: seed names no place"),
        ({"x": ["3.a"]}, "inputs.x: 3.a is wired to another node"),
        ({"width": ["1.image"]}, "inputs.width: 1.image holds a text, and width is a number"),
        ({"prompt": ["3.strength"]}, "inputs.prompt: 3.strength holds a number, and prompt is a text"),
        ({"seed": ["3.on"]}, "inputs.seed: 3.on holds true or false"),
        ({"image": ["1.image"], "mask": ["1.image"]}, "inputs.mask: 1.image is already the place of image"),
        ({"x": ["6.text"]}, "inputs.x: no node is called 6"),
    ],
)
def test_a_place_that_cannot_be_is_named(inputs: dict[str, list[str]], message: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        made(inputs)
    assert message in str(caught.value)


def test_a_title_that_stands_twice_is_told() -> None:
    document = {"1": node("A", "Same", x=1), "2": node("B", "Same", x=1, of=["1", 0])}

    with pytest.raises(WorkflowError, match="stands on the nodes 1, 2"):
        make_workflow(document, inputs={"x": ["Same.x"]}, output="2")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"steps": 3}, "values.steps: the workflow has no place of this name; there are strength"),
        ({"strength": "high"}, "values.strength: must be a number, as at 3.strength"),
        ({"strength": True}, "values.strength: must be a number"),
    ],
)
def test_a_value_that_does_not_fit_is_named(values: dict[str, Any], message: str) -> None:
    with pytest.raises(WorkflowError) as caught:
        made({"strength": ["3.strength"]}, **values)
    assert message in str(caught.value)


def test_an_output_that_keeps_no_files_is_refused() -> None:
    document = {"1": node("EmptyImage"), "2": node("SaveImageWebsocket", images=["1", 0])}

    with pytest.raises(WorkflowError, match="output: SaveImageWebsocket keeps no file"):
        make_workflow(document, inputs={}, output="2")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_ready_template_fits_its_file(name: str) -> None:
    template = TEMPLATES[name]

    workflow = make_workflow(read_template(name), inputs=template.inputs, output=template.output)

    graph = workflow.filled(dict.fromkeys(("image", "mask"), "x"), "p")
    assert set(graph) == set(read_graph(read_template(name))), "a node of the file leads nowhere"
    assert graph[workflow.output].class_type == "SaveImage"
