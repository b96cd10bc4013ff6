"""The image and what runs it: linted, installed by hashes alone (U11), confined (L4)."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.deploy import DEPLOY, document
from support.programs import program

ROOT = DEPLOY.parent
DOCKERFILE = (DEPLOY / "docker/Dockerfile").read_text()
LOCKS = ("requirements.lock", "build.lock")
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(name: str) -> dict[str, str]:
    return dict(PINNED.findall((DEPLOY / "docker" / name).read_text()))


def test_the_dockerfile_is_without_reproach() -> None:
    command = [program("hadolint"), str(DEPLOY / "docker/Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own file

    assert done.returncode == 0, done.stdout


def test_nothing_is_installed_but_by_its_hash() -> None:
    installs = re.findall(r"pip (?:--python \S+ )?(?:install|wheel) (.*?)(?: \\)?$", DOCKERFILE, re.MULTILINE)

    assert len(installs) == 4
    for options in installs:
        by_hash = "--require-hashes" in options and "--only-binary :all:" in options
        assert by_hash or {"--no-deps", "--no-index"} <= set(options.split()), options


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_its_hashes_and_no_address(name: str) -> None:
    text = (DEPLOY / "docker" / name).read_text()
    entries = text.replace("\\\n", " ").splitlines()

    assert all("--hash=sha256:" in entry for entry in entries if entry and not entry.startswith("#"))
    assert "://" not in text
    assert "index-url" not in text


def test_the_bill_of_materials_is_what_is_locked() -> None:
    """Written anew by `deploy/docker/lock`."""
    bill = json.loads((DEPLOY / "docker/sbom.cdx.json").read_text())
    lock = (DEPLOY / "docker/requirements.lock").read_text()

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert {each["name"]: each["version"] for each in bill["components"]} == pinned("requirements.lock")
    hashes = [each["content"] for component in bill["components"] for each in component["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"--hash=sha256:(\w+)", lock))


def test_the_lock_holds_what_the_project_asks_for() -> None:
    """Written anew by `deploy/docker/lock`."""
    extras = re.findall(r"--extra (\S+)", (DEPLOY / "docker/lock").read_text())
    asked = [*PROJECT["project"]["dependencies"]]
    asked += [each for extra in extras for each in PROJECT["project"]["optional-dependencies"][extra]]
    locked = pinned("requirements.lock")

    for requirement in map(Requirement, asked):
        assert requirement.name in locked, requirement.name
        assert requirement.specifier.contains(locked[requirement.name]), requirement
    (build,) = map(Requirement, PROJECT["build-system"]["requires"])
    assert build.specifier.contains(pinned("build.lock")[build.name])


def test_it_runs_as_nobody_in_particular_and_is_asked_how_it_is() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]

    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "/readyz" in last.partition("HEALTHCHECK")[2]
    assert 'ENTRYPOINT ["nano-banana-gateway"]' in last


def test_what_is_copied_is_not_ignored() -> None:
    ignore = (ROOT / ".dockerignore").read_text().split()
    copied = [
        source for line in re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
    ]

    assert ignore[0] == "*"
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source).match(rule[1:]) for rule in ignore if rule.startswith("!")), source


def test_compose_is_valid() -> None:
    command = [
        program("check-jsonschema"),
        "--builtin-schema",
        "vendor.compose-spec",
        str(DEPLOY / "compose/compose.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own file

    assert done.returncode == 0, done.stdout


def test_every_service_is_confined() -> None:
    for name, service in document("compose/compose.yaml")["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["mem_limit"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_every_file_that_is_mounted_is_there() -> None:
    services = document("compose/compose.yaml")["services"].values()
    mounted = [volume.split(":")[0] for service in services for volume in service.get("volumes", [])]

    for source in mounted:
        there = source in document("compose/compose.yaml")["volumes"] or (DEPLOY / "compose" / source).exists()
        assert there, source


def test_the_dashboard_is_provisioned_from_where_it_is_mounted() -> None:
    (provider,) = document("compose/grafana/dashboards.yaml")["providers"]
    mounts = document("compose/compose.yaml")["services"]["grafana"]["volumes"]

    assert f"../grafana:{provider['options']['path']}:ro" in mounts
