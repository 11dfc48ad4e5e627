"""The OpenAPI documents of the last release, frozen: what clients out there were written against.

`deploy/openapi/released/<version>/<service>.json`, made by `python -m deploy.contracts --release` once a version goes out.
A break that is meant stands in `deploy/openapi/released/deliberate.json`, as it is told, with its reason; one that is
no longer there must go from the list, so that it says what is and nothing else.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.version import Version

from deploy.contracts import http, http_compatibility

FOLDER = http.FOLDER / "released"
DELIBERATE = "deliberate.json"


def newest(folder: Path = FOLDER) -> Path | None:
    """The folder of the last release; None before the first."""
    versions = [place for place in folder.glob("*/") if place.is_dir()]
    return max(versions, key=lambda place: Version(place.name), default=None)


def refusals(documents: Mapping[str, Mapping[str, Any]], folder: Path = FOLDER) -> list[str]:
    """Breaks of the last release by these documents (by service) that nobody has declared, and what to do instead."""
    released = newest(folder)
    if released is None:
        return []
    listed = folder / DELIBERATE
    meant = set(json.loads(listed.read_text())) if listed.exists() else set()
    found = {
        f"{service} {reason}"
        for service, document in documents.items()
        for reason in http_compatibility.breaks(json.loads((released / f"{service}.json").read_text()), document)
    }
    told = [f"{reason}." for reason in sorted(found - meant)]
    if told:
        told.append(
            f"Clients of release {released.name} would break: add beside what is there, or declare it in {listed}."
        )
    return told + [f"{DELIBERATE}: «{reason}» is no break any more; take it out." for reason in sorted(meant - found)]


def freeze(version: str, documents: Mapping[str, str], folder: Path = FOLDER) -> Path:
    """Keeps rendered documents as those of a release. The last release's declared breaks are history then."""
    place = folder / version
    place.mkdir(parents=True, exist_ok=True)
    for service, text in documents.items():
        (place / f"{service}.json").write_text(text)
    (folder / DELIBERATE).write_text("{}\n")
    return place
