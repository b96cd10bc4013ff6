"""The dashboard: complete, of any Prometheus, and without two panels in one place."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from support.deploy import document, panels, rules

from gateway.metrics import Metrics

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    a, b = one["gridPos"], other["gridPos"]
    beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
    below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
    return not (beside or below)


def test_every_panel_asks_the_chosen_data_source() -> None:
    variables = {variable["name"]: variable for variable in document("grafana/dashboard.json")["templating"]["list"]}

    assert variables["datasource"]["type"] == "datasource"
    assert all(panel["datasource"] == SOURCE for panel in panels())
    assert all(target["datasource"] == SOURCE for panel in panels() for target in panel["targets"])


def test_every_query_is_of_the_chosen_jobs() -> None:
    queries = [target["expr"] for panel in panels() for target in panel["targets"]]

    assert [query for query in queries if 'job=~"$job"' not in query] == []


def test_panels_have_a_number_and_a_place_of_their_own() -> None:
    everything = document("grafana/dashboard.json")["panels"]

    assert len({panel["id"] for panel in everything}) == len(everything)
    assert [(a["title"], b["title"]) for a, b in combinations(everything, 2) if overlap(a, b)] == []


def test_every_metric_is_shown_or_watched() -> None:
    """A rule counts where its recording does: every recording is used, as the tests of the rules say."""
    asked = " ".join(
        [target["expr"] for panel in panels() for target in panel["targets"]] + [r["expr"] for r in rules()]
    )
    families = [family.name for family in Metrics().registry.collect() if not family.name.startswith("gateway_process")]

    assert [name for name in families if name not in asked] == []
