"""The alert rules and the dashboard are what Prometheus and Grafana take, and the README says what to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import yaml

from tests.docker.files import DOCKER, ROOT


@pytest.fixture(scope="module")
def promtool() -> str:
    """Prometheus' own tool."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("there is no promtool here: Debian has it in the package prometheus")
    return found


def alerts() -> list[str]:
    """The names of all alerts."""
    (group,) = yaml.safe_load((DOCKER / "alerts.yaml").read_text())["groups"]
    return [rule["alert"] for rule in group["rules"]]


def test_prometheus_takes_its_configuration(promtool: str) -> None:
    """With the rules that it names."""
    subprocess.run([promtool, "check", "config", DOCKER / "prometheus.yaml"], check=True, capture_output=True)


def test_each_alert_is_told_when_it_should_be_and_only_then(promtool: str) -> None:
    """By the rules' own tests, of which none leaves an alert out."""
    cases = ROOT / "tests" / "docker" / "alerts_test.yaml"
    ran = subprocess.run([promtool, "test", "rules", cases.name], cwd=cases.parent, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout.decode() + ran.stderr.decode()
    quiet, wrong, *_ = yaml.safe_load(cases.read_text())["tests"]
    assert [case["alertname"] for case in quiet["alert_rule_test"]] == alerts()
    assert {each["exp_samples"][0]["value"] for each in wrong["promql_expr_test"]} == {len(alerts())}


def test_the_readme_says_what_to_do_at_each_alert() -> None:
    """A row each, and none of an alert that is not there."""
    rows = re.findall(r"^\| `(Newsdiff\w+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert rows == alerts()


def test_the_dashboard_fits_together() -> None:
    """Panels have a place of their own, ids of their own, and something to show."""
    panels = json.loads((DOCKER / "grafana" / "newsdiff.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    assert all(target["expr"] for panel in panels for target in panel["targets"])
