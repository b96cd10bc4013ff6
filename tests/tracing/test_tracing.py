"""Tracing is loaded where it is configured, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gateway.config import TracingConfig
from gateway.config_file import ConfigError, parse
from gateway.metrics import Metrics
from gateway.tracing import make_recorder
from gateway.upstreams import DRIVER_SETTINGS

CONFIGURED = TracingConfig(endpoint="http://127.0.0.1:4318")


def test_without_a_collector_there_is_no_recorder() -> None:
    assert make_recorder(TracingConfig(), Metrics()) is None


def test_it_can_be_turned_off_as_for_every_service_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")

    assert make_recorder(CONFIGURED, Metrics()) is None


def test_a_gateway_that_traces_nothing_loads_nothing_of_it() -> None:
    script = (
        "import sys\nfrom gateway.app import make_app\nfrom gateway.config_file import parse\n"
        "from gateway.upstreams import DRIVER_SETTINGS\nmake_app(parse({}, DRIVER_SETTINGS))\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603 - our own interpreter

    assert done.stdout.strip() == "[]"


def test_missing_packages_are_a_fault_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    monkeypatch.setattr("gateway.tracing.find_spec", lambda _: None)

    with pytest.raises(ConfigError, match=r"tracing\.endpoint: needs more packages: pip install '.*\[otel\]'"):
        make_recorder(CONFIGURED, Metrics())


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ({"endpoint": "collector:4317"}, "tracing.endpoint: an http or https address"),
        ({"endpoint": "http://c", "sample": 2}, "tracing.sample: input should be less than or equal to 1"),
        ({"exporter": "jaeger"}, "tracing.exporter: unknown key"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(section: dict[str, object], fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        parse({"tracing": section}, DRIVER_SETTINGS, {})

    assert refused.value.faults[0].startswith(fault)


def test_a_header_stays_out_of_what_is_printed() -> None:
    config = TracingConfig.model_validate({"endpoint": "http://c", "headers": {"authorization": "canary"}})

    assert "canary" not in repr(config)
