"""Known vulnerabilities of the locked packages: by pip-audit where a service answers, by what we know without one.

pip-audit passes a package by that its service does not know, and ends with "no known vulnerabilities" although it has
looked at none: a mirror of the registry without advisories looks like a clean bill. So each skipped package counts as not
looked at, and a service that knows none as one that is not there.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from packaging.version import Version

from deploy.local.bootstrap import ROOT
from deploy.supply.lock import Package

PYPI = "https://pypi.org/pypi"
OSV = "https://api.osv.dev/v1/query"
WITHIN = 5.0
"""Seconds for one question."""
FLOOR = Path(__file__).with_name("advisories.json")
"""Advisories that are known without asking: versions below `fixed` are refused."""
ACCEPTED = Path(__file__).with_name("accepted.json")
"""Advisories that do not concern us: why, and until when that was thought through."""
LAST = ROOT / ".wahana" / "supply" / "audit.json"
"""What was found when a service answered last."""


@dataclass(frozen=True, slots=True, order=True)
class Vulnerability:
    """An advisory about a locked package."""

    package: Package
    id: str
    told: str = ""

    def __str__(self) -> str:
        return f"{self.package.name} {self.package.version}: {self.id} {self.told}".rstrip()


@dataclass
class Audit:
    """What was found, who was asked, and what nobody could say anything about."""

    found: list[Vulnerability]
    service: str | None = None
    unseen: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """About the lists that are kept by hand."""
    last: datetime | None = None
    """When a service answered last, if none does now."""


def audit(packages: Sequence[Package], osv: str = OSV, pypi: str = PYPI, today: date | None = None) -> Audit:
    """Asks the first service that answers, and looks into what is known without one."""
    result = Audit(floor(packages))
    for name, there, words in (
        ("PyPI", _pypi_answers(pypi, packages[0]), ("-s", "pypi")),
        ("OSV", _osv_answers(osv, packages[0]), ("-s", "osv", "--osv-url", osv)),
    ):
        asked = _asked(packages, words) if there else None
        if asked is not None:
            result.service = name
            result.found += asked.found
            result.unseen = asked.unseen
            break
    _remember(result, packages)
    accepted, result.faults = _accepted(today or datetime.now(UTC).date())
    result.found = sorted({found for found in result.found if found.id not in accepted})
    return result


def floor(packages: Sequence[Package]) -> list[Vulnerability]:
    """Locked versions that are older than the fix of an advisory that we know."""
    versions = {package.name: package for package in packages}
    return [
        Vulnerability(versions[known["package"]], known["id"], known["what"])
        for known in json.loads(FLOOR.read_text())
        if known["package"] in versions and Version(versions[known["package"]].version) < Version(known["fixed"])
    ]


def _pypi_answers(url: str, package: Package) -> bool:
    try:
        answer = httpx.get(f"{url}/{package.name}/{package.version}/json", timeout=WITHIN, follow_redirects=True)
        return answer.status_code == 200 and "vulnerabilities" in answer.json()
    except (httpx.HTTPError, ValueError):
        return False


def _osv_answers(url: str, package: Package) -> bool:
    question = {"package": {"name": package.name, "ecosystem": "PyPI"}, "version": package.version}
    try:
        return httpx.post(url, json=question, timeout=WITHIN).status_code == 200
    except httpx.HTTPError:
        return False


def _asked(packages: Sequence[Package], words: Sequence[str]) -> Audit | None:
    """What pip-audit says; None if it could look at nothing after all."""
    with tempfile.TemporaryDirectory() as folder:
        listed, answer = Path(folder) / "requirements.txt", Path(folder) / "audit.json"
        listed.write_text("".join(f"{package.name}=={package.version}\n" for package in packages))
        fixed = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--desc", "off", "-f", "json")
        subprocess.run(
            [sys.executable, "-m", "pip_audit", "-r", listed, *fixed, "--timeout", "10", "-o", answer, *words],
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip
        if not answer.exists():
            return None
        return judged(json.loads(answer.read_text())["dependencies"])


def judged(told: Sequence[Mapping[str, Any]]) -> Audit | None:
    """What pip-audit's answer says about each package; None if it says nothing about any."""
    unseen = [each["name"] for each in told if "skip_reason" in each]
    if len(unseen) == len(told):
        return None
    found = [
        Vulnerability(
            Package(each["name"], each["version"]), about["id"], f"fixed in {', '.join(about['fix_versions'])}"
        )
        for each in told
        for about in each.get("vulns", [])
    ]
    return Audit(found, unseen=unseen)


def _remember(result: Audit, packages: Sequence[Package]) -> None:
    """Keeps what a service said; without one, what the last one said of these very versions still holds."""
    if result.service:
        LAST.parent.mkdir(parents=True, exist_ok=True)
        kept = [[found.package.name, found.package.version, found.id, found.told] for found in result.found]
        LAST.write_text(json.dumps({"at": time.time(), "found": kept}))
    elif LAST.exists():
        last = json.loads(LAST.read_text())
        result.last = datetime.fromtimestamp(last["at"], UTC)
        known = [Vulnerability(Package(name, version), id, told) for name, version, id, told in last["found"]]
        result.found += [found for found in known if found.package in packages]


def _accepted(today: date) -> tuple[set[str], list[str]]:
    entries = json.loads(ACCEPTED.read_text())
    over = [each["id"] for each in entries if date.fromisoformat(each["until"]) < today]
    return {each["id"] for each in entries} - set(over), [f"{id} was accepted until a day that is over" for id in over]
