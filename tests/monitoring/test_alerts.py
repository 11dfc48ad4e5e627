"""The alert rules by themselves: each is tried by promtool, says how urgent it is, and what to do."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.monitoring import dashboard, prometheus

FOLDER = Path(prometheus.__file__).parent
RULES = [rule for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
GUIDE = Path(__file__).parents[2] / "docs" / "alerts.md"


def test_each_alert_fires_where_it_must_and_neither_earlier_nor_for_those_that_are_well() -> None:
    try:
        promtool = prometheus.folder() / "promtool"
    except prometheus.Unavailable as why:
        pytest.skip(f"NOT TRIED, the real promtool could not be had: {why}")
    ran = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yml"], cwd=FOLDER, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_each_alert_is_tried_and_says_how_urgent_it_is_and_where_to_read_what_to_do() -> None:
    tried = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())["tests"]
    fires = {case["alertname"] for test in tried for case in test["alert_rule_test"] if case["exp_alerts"]}
    quiet = {case["alertname"] for test in tried for case in test["alert_rule_test"] if not case["exp_alerts"]}
    chapters = set(re.findall(r"^#+ (Wahana\w+)$", GUIDE.read_text(), re.MULTILINE))
    for rule in RULES:
        name = rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}, name
        assert rule["annotations"]["summary"], name
        assert rule["annotations"]["runbook"] == f"docs/alerts.md#{name.lower()}"
    assert {rule["alert"] for rule in RULES} == fires == quiet == chapters


def test_the_dashboard_is_what_its_code_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["dashboard", "--check"])
    dashboard.main()
