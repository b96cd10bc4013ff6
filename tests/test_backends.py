"""What a changed configuration takes over from the one before it, and what it makes anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.backends import Backends, make_backends
from gateway.config_file import ConfigError, parse
from gateway.metrics import Metrics
from gateway.upstreams import DRIVER_SETTINGS

CLOUD = {"driver": "openai", "api_key": "sk-a", "base_url": "https://a.example/v1", "model": "m"}


def make(before: Backends | None = None, cloud: dict[str, Any] = CLOUD, **sections: Any) -> Backends:
    document = {"upstreams": {"local": {"driver": "local"}, "cloud": cloud}, **sections}
    return make_backends(parse(document, DRIVER_SETTINGS, {}), Metrics(), before=before)


def test_what_has_not_changed_is_taken_over() -> None:
    before = make()
    after = make(before, server={"request_timeout": 1})

    assert after.upstreams == before.upstreams
    assert after.fetch is before.fetch
    assert [part in before.parts for part in after.parts] == [True] * 3


def test_only_the_upstream_that_changed_is_made_anew() -> None:
    before = make()
    after = make(before, {**CLOUD, "api_key": "sk-b"})

    assert after.upstreams["local"] is before.upstreams["local"]
    assert after.upstreams["cloud"] is not before.upstreams["cloud"]
    assert after.members["cloud"].standing is not before.members["cloud"].standing


def test_other_rules_for_fetching_leave_what_is_known_of_a_backend() -> None:
    before = make()
    after = make(before, inputs={"timeout": 1})

    assert after.fetch is not before.fetch
    assert after.upstreams["cloud"] is not before.upstreams["cloud"]
    assert after.members["cloud"].standing is before.members["cloud"].standing


def test_a_workflow_file_with_another_content_is_a_change(tmp_path: Path) -> None:
    file = tmp_path / "workflow.json"
    save = {"class_type": "SaveImage", "inputs": {"text": "", "images": ["1", 0]}, "_meta": {"title": "save"}}
    workflow = {"workflow": str(file), "inputs": {"prompt": "save.text"}, "output": "save"}
    cloud = {"driver": "comfyui", "base_url": "http://127.0.0.1:8188", "generate": workflow}
    versions: list[Backends] = []
    for title in ("one", "two"):
        file.write_text(json.dumps({"1": {"class_type": title, "inputs": {}}, "2": save}))
        versions.append(make(versions[-1] if versions else None, cloud))

    assert versions[1].upstreams["cloud"] is not versions[0].upstreams["cloud"]


def test_a_promise_that_nobody_keeps_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="can upscale"):
        make(models={"m": {"operations": ["upscale"], "upstreams": ["cloud"]}}, defaults={"upscale": "m"})
