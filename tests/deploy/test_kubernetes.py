"""The manifests as Kustomize renders them: strictly valid, confined (L4), and of one mind with the gateway."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import validate  # type: ignore[import-untyped]  # it has no annotations
from support.deploy import DEPLOY, document, variables
from support.programs import program

from gateway import __version__
from gateway.config import Config
from gateway.config_file import load
from gateway.server import LAST_WORDS
from gateway.upstreams import DRIVER_SETTINGS

FOLDER = DEPLOY / "kubernetes"
OVERLAYS = ("base", "sidecar", "single", "scaled")
OPERATOR = "monitoring.coreos.com/v1"
SCHEMAS = json.loads((Path(__file__).parent / "operator-schemas.json").read_text())


@cache
def rendered(overlay: str) -> tuple[dict[str, Any], ...]:
    done = subprocess.run(  # noqa: S603 - our own folders
        [program("kubectl"), "kustomize", str(FOLDER / overlay)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, kind: str) -> dict[str, Any]:
    (found,) = (manifest for manifest in rendered(overlay) if manifest["kind"] == kind)
    return found


def pod(overlay: str) -> dict[str, Any]:
    found: dict[str, Any] = of_kind(overlay, "Deployment")["spec"]["template"]["spec"]
    return found


def containers(overlay: str) -> Iterator[dict[str, Any]]:
    yield from pod(overlay).get("initContainers", [])
    yield from pod(overlay)["containers"]


def gateway_of(overlay: str) -> dict[str, Any]:
    return next(container for container in containers(overlay) if container["name"] == "gateway")


def config(overlay: str, folder: Path) -> Config:
    """As the pod would read it."""
    text = of_kind(overlay, "ConfigMap")["data"]["gateway.yaml"]
    given = {variable["name"]: "a-made-up-value" for variable in gateway_of(overlay).get("env", [])}
    assert variables(text) <= set(given)
    (folder / "gateway.yaml").write_text(text)
    return load(folder / "gateway.yaml", DRIVER_SETTINGS, given)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_strictly_valid(overlay: str, tmp_path: Path) -> None:
    path = tmp_path / "manifests.yaml"
    path.write_text(yaml.safe_dump_all(each for each in rendered(overlay) if each["apiVersion"] != OPERATOR))

    command = [program("kubernetes-validate"), "--strict", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own file

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_prometheus_operator_reads_is_valid() -> None:
    theirs = [each for each in rendered("scaled") if each["apiVersion"] == OPERATOR]

    assert {each["kind"] for each in theirs} == set(SCHEMAS)
    for each in theirs:
        validate(each["spec"], SCHEMAS[each["kind"]])


def test_the_rules_are_those_of_prometheus() -> None:
    files = [document(f"prometheus/{name}")["groups"] for name in ("recording.yml", "alerts.yml")]

    assert of_kind("scaled", "PrometheusRule")["spec"]["groups"] == [group for groups in files for group in groups]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_is_confined(overlay: str) -> None:
    assert pod(overlay)["securityContext"]["runAsNonRoot"] is True
    assert pod(overlay)["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod(overlay)["automountServiceAccountToken"] is False
    for container in containers(overlay):
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True, container["name"]
        assert security["allowPrivilegeEscalation"] is False, container["name"]
        assert security["capabilities"] == {"drop": ["ALL"]}, container["name"]
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}, container["name"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_pod_and_its_configuration_are_of_one_mind(overlay: str, tmp_path: Path) -> None:
    found, container = config(overlay, tmp_path), gateway_of(overlay)
    ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}

    assert container["image"] == f"nano-banana-gateway:{__version__}"
    assert pod(overlay)["terminationGracePeriodSeconds"] > found.server.drain_timeout + LAST_WORDS + 5
    assert ports in ({}, {"http": found.server.port, "metrics": found.metrics.port})
    assert {"/etc/gateway", "/var/lib/gateway", "/tmp"} == mounts  # noqa: S108 - a path in the container


@pytest.mark.parametrize("overlay", ["base", "single", "scaled"])
def test_a_pod_that_ends_is_asked_until_every_node_knows(overlay: str, tmp_path: Path) -> None:
    """No hook delays SIGTERM; the gateway itself goes on accepting, and has most of its time left to finish."""
    server, container = config(overlay, tmp_path).server, gateway_of(overlay)

    assert "lifecycle" not in container
    assert 5 <= server.drain_delay <= server.drain_timeout / 2


def test_a_sidecar_that_ends_is_asked_by_nobody(tmp_path: Path) -> None:
    assert config("sidecar", tmp_path).server.drain_delay == 0


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_changed_configuration_reaches_the_running_pod(overlay: str) -> None:
    """What is mounted by `subPath` is never renewed."""
    (mount,) = (each for each in gateway_of(overlay)["volumeMounts"] if each["name"] == "config")

    assert mount == {"name": "config", "mountPath": "/etc/gateway", "readOnly": True}


@pytest.mark.parametrize("overlay", ["base", "single", "scaled"])
def test_probes_ask_routes_that_there_are(overlay: str) -> None:
    container = gateway_of(overlay)

    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}


def test_the_sidecar_starts_first_and_is_reached_from_its_pod_alone(tmp_path: Path) -> None:
    (sidecar,) = pod("sidecar")["initContainers"]

    assert sidecar["restartPolicy"] == "Always"
    assert config("sidecar", tmp_path).server.host == "127.0.0.1"
    assert "ports" not in sidecar
    assert "/readyz" in sidecar["startupProbe"]["exec"]["command"][-1]


def test_a_single_gateway_keeps_its_pictures() -> None:
    claim = of_kind("single", "PersistentVolumeClaim")["metadata"]["name"]
    volumes = {volume["name"]: volume for volume in pod("single")["volumes"]}

    assert volumes["pictures"] == {"name": "pictures", "persistentVolumeClaim": {"claimName": claim}}
    assert of_kind("single", "Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_many_gateways_share_their_pictures_and_never_all_go_at_once(tmp_path: Path) -> None:
    scaler = of_kind("scaled", "HorizontalPodAutoscaler")["spec"]

    assert config("scaled", tmp_path).images.store.startswith("s3://")
    assert scaler["minReplicas"] > of_kind("scaled", "PodDisruptionBudget")["spec"]["maxUnavailable"]
    assert "replicas" not in of_kind("scaled", "Deployment")["spec"]  # the autoscaler's business
    assert {"Ingress", "Egress"} == set(of_kind("scaled", "NetworkPolicy")["spec"]["policyTypes"])
    assert of_kind("scaled", "ServiceMonitor")["spec"]["endpoints"][0]["port"] == "metrics"
