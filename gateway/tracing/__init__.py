"""OpenTelemetry tracing: an extra, loaded only where a collector is configured."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING

from gateway.config import TracingConfig
from gateway.config_file import ConfigError
from gateway.metrics import Metrics

if TYPE_CHECKING:
    from gateway.tracing.recorder import OtelRecorder

NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
MISSING = "tracing.endpoint: needs more packages: pip install 'nano-banana-gateway[otel]'"


def make_recorder(config: TracingConfig, metrics: Metrics) -> OtelRecorder | None:
    """None where no collector is configured, or `OTEL_SDK_DISABLED` is true as for every service around.

    Raises:
        ConfigError: the packages are missing.
    """
    if config.endpoint is None or os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    if not all(_is_there(package) for package in NEEDED):
        raise ConfigError([MISSING])
    from gateway.tracing.recorder import OtelRecorder  # noqa: PLC0415 - an extra

    return OtelRecorder(config, metrics)


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False
