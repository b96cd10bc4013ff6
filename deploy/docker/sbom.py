"""Writes `sbom.cdx.json`, what the image installs as CycloneDX: `deploy/docker/lock` calls it. Needs no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s;]+)(?P<hashes>(?:.*\\\n)*.*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def components(lock: str) -> list[dict[str, object]]:
    """One for each package; its hashes are those of all its files, of which the image takes one."""
    found = []
    for entry in ENTRY.finditer(lock):
        url = f"pkg:pypi/{entry['name']}@{entry['version']}"
        hashes = [{"alg": "SHA-256", "content": digest} for digest in sorted(HASH.findall(entry["hashes"]))]
        component = {"type": "library", "name": entry["name"], "version": entry["version"], "purl": url}
        found.append({**component, "bom-ref": url, "hashes": hashes})
    return found


def bill(lock: str) -> dict[str, object]:
    """The whole document, the same for the same lock."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "nano-banana-gateway"}},
        "components": components(lock),
    }


if __name__ == "__main__":
    document = bill((HERE / "requirements.lock").read_text())
    (HERE / "sbom.cdx.json").write_text(json.dumps(document, indent=1) + "\n")
