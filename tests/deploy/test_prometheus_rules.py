"""The rules of Prometheus: well-formed, and every alert fires where it must and nowhere else."""

from __future__ import annotations

import subprocess

import pytest
from support.deploy import DEPLOY, document, rules
from support.programs import program

FOLDER = DEPLOY / "prometheus"


@pytest.mark.parametrize(
    "command",
    [("check", "config", "prometheus.yml"), ("test", "rules", "tests.yml")],
    ids=" ".join,
)
def test_promtool_is_content(command: tuple[str, ...]) -> None:
    done = subprocess.run([program("promtool"), *command], cwd=FOLDER, capture_output=True, text=True, check=False)  # noqa: S603 - our own files

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout


def test_every_alert_fires_in_a_test_and_is_silent_in_another() -> None:
    looks = [look for test in document("prometheus/tests.yml")["tests"] for look in test.get("alert_rule_test", [])]
    alerts = {rule["alert"] for rule in rules() if "alert" in rule}

    assert {look["alertname"] for look in looks if look["exp_alerts"]} == alerts
    assert {look["alertname"] for look in looks if not look["exp_alerts"]} == alerts


def test_every_alert_says_how_bad_it_is_and_what_to_do() -> None:
    for rule in rules():
        if "alert" in rule:
            assert rule["labels"]["severity"] in {"critical", "warning"}, rule["alert"]
            assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]


def test_every_recording_is_used_or_tested() -> None:
    elsewhere = "".join((DEPLOY / name).read_text() for name in ("prometheus/tests.yml", "grafana/dashboard.json"))
    elsewhere += "".join(rule["expr"] for rule in rules())

    assert [rule["record"] for rule in rules() if "record" in rule and rule["record"] not in elsewhere] == []
