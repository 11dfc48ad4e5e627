"""What tests about documents, facilities and assessments share: valid ones, and what events tell of them."""

from typing import Any

import orjson

from services.registry.assessments.instruments import KUBE_1
from tests.house import House
from tests.registry.institutions import events


def document(institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A valid document with changes; a change to `...` leaves the field out."""
    return _made(institution, {"kind": "pengesahan", "number": "141/12/SK/2025", "dated_on": "2025-03-10"}, changes)


def facility(institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A valid facility with changes; a change to `...` leaves the field out."""
    return _made(institution, {"facility_class": "alat", "name": "Tenda", "since": "2021-05-01"}, changes)


def assessment(institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A valid assessment with changes; a change to `...` leaves the field out."""
    body = {
        "on": "2026-02-20",
        "stage": "berkembang",
        "instrument": {"code": "KUBE", "version": 1},
        "answers": {item.code: item.stage != "mandiri" for item in KUBE_1.items},
    }
    return _made(institution, body, changes)


async def told(house: House, id: str) -> tuple[str, dict[str, Any]]:
    """The type of the newest event of an institution, without prefix and version, and its data."""
    newest = (await events(house, id))[-1]
    return newest["type"].split(".")[2], orjson.loads(newest["data"])


def _made(institution: dict[str, Any], body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    whole = {"institution_id": institution["id"]} | body | changes
    return {name: value for name, value in whole.items() if value is not ...}
