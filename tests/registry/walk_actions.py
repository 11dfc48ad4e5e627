"""What a `Walk` asks for: writes over all kinds of records, with days and references drawn from what it knows."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.registry.assessments.instruments import KUBE_1
from tests.registry.institutions import VILLAGE
from tests.registry.walk import TODAY, VILLAGES, WHY, Action, Walk

ACTIONS: list[Action] = []


def _new(collection: str, body: Callable[[Walk], Any]) -> None:
    def action(walk: Walk) -> tuple[str, str, str, Any] | None:
        wanted = body(walk)
        missing = any(value is None or value == [None] for value in wanted.values())
        return None if missing else (collection, "POST", collection, wanted)

    ACTIONS.append(action)


def _patch(collection: str, body: Callable[[Walk], Any]) -> None:
    def action(walk: Walk) -> tuple[str, str, str, Any] | None:
        id = walk.any(collection)
        return None if id is None else (f"{collection}.patch", "PATCH", f"{collection}/{id}", body(walk))

    ACTIONS.append(action)


def _step(collection: str, step: str, body: Callable[[Walk], Any] = lambda walk: WHY, rarely: int = 1) -> None:
    def action(walk: Walk) -> tuple[str, str, str, Any] | None:
        id = walk.any(collection)
        if id is None or not walk.chance(rarely):
            return None
        return f"{collection}.{step}", "POST", f"{collection}/{id}/{step}", body(walk)

    ACTIONS.append(action)


def _days(first: str, last: str) -> Callable[[Walk], Any]:
    def days(walk: Walk) -> Any:
        since = walk.day()
        until = walk.day(date.fromisoformat(since)) if date.fromisoformat(since) < TODAY else since
        return {first: since, last: until if walk.chance() else None}

    return days


def _spells(walk: Walk) -> Any:
    one, two, three = sorted(walk.day() for _ in range(3))
    return {"spells": [{"joined_on": one, "left_on": two, "reason": "Pindah"}, {"joined_on": three}]}


def _fund(walk: Walk) -> Any:
    amount = {"on": walk.day(), "amount": walk.rng.randint(1, 1000)}
    if walk.chance():
        return amount | {"direction": "penyaluran", "recipient": "keluarga", "purpose": "jaminan"}
    return amount | {"direction": "penggalangan", "source": "iuran"}


def _observed(walk: Walk) -> Any:
    return {"state": walk.rng.choice(("dijalankan", "memudar", "hilang", "dihidupkan_kembali")), "on": walk.day(), "evidence": "Foto"}  # fmt: skip


DIES = 10
"""How rarely a step is asked for that ends a record's life."""
_term = _days("since", "valid_until")
_patch(
    "institutions", lambda w: {"name": f"Lembaga {w.rng.randrange(1000)}", "members": {"female": w.rng.randrange(30)}}
)
_patch("institutions", lambda w: {"village": w.rng.choice(VILLAGES), "moved_on": w.day() if w.chance() else None})
for _name in ("submission", "review", "verification", "return"):
    _step("institutions", _name)
    _step("change-requests", _name)
    _step("change-requests", _name)
_step("institutions", "rejection", rarely=DIES)
_step("institutions", "dormancy", lambda w: WHY | {"since": w.late()})
for _name in ("reactivation", "reopening"):
    _step("institutions", _name, lambda w: WHY | {"on": w.late()})
_step("institutions", "closure", lambda w: WHY | {"on": w.late()}, rarely=DIES)
for _ in range(3):
    _step("institutions", "merger", lambda w: WHY | {"on": w.late(), "successor_id": w.any("institutions")})
_step("institutions", "voiding", rarely=DIES)
_patch("change-requests", lambda w: {"name": f"Lembaga {w.rng.randrange(1000)}"})
_step("change-requests", "rejection", rarely=3)
_step("change-requests", "voiding", rarely=3)

_new(
    "documents",
    lambda w: {"institution_id": w.any("institutions"), "kind": "pengesahan", "number": "1/SK", "dated_on": w.day()},
)
_patch("documents", lambda w: {"dated_on": w.day(), "valid_until": "2027-01-01" if w.chance() else None})
_step("documents", "voiding", rarely=4)
_new(
    "facilities",
    lambda w: {"institution_id": w.any("institutions"), "facility_class": "alat", "name": "Tenda", "since": w.day()},
)
_patch("facilities", lambda w: {"since": w.day(), "quantity": w.rng.randint(1, 5)})
_step("facilities", "checks", lambda w: {"on": w.day(), "condition": w.rng.choice(("baik", "rusak_berat"))})
_step("facilities", "voiding", rarely=4)
_new("assessments", lambda w: {"institution_id": w.any("institutions"), "on": w.day(), "stage": "tumbuh",
                               "instrument": {"code": "KUBE", "version": 1},
                               "answers": {item.code: True for item in KUBE_1.items}})  # fmt: skip
_step("assessments", "voiding", rarely=4)

_new(
    "memberships",
    lambda w: {"person_id": w.any("people"), "institution_id": w.any("institutions"), "joined_on": w.day()},
)
_new(
    "memberships",
    lambda w: {"person_id": w.any("people"), "institution_id": w.any("institutions"), "joined_on": "2020-01-01"},
)
_patch("memberships", _spells)
_step("memberships", "departure", lambda w: WHY | {"left_on": w.late()})
_step("memberships", "readmission", lambda w: {"joined_on": w.late()})
_step("memberships", "voiding", rarely=4)
_new(
    "officers",
    lambda w: {
        "person_id": w.any("people"),
        "institution_id": w.any("institutions"),
        "role": w.rng.choice(("ketua", "kader", "bendahara")),
        "since": w.day(),
    },
)
_patch("officers", _term)
_step("officers", "departure", lambda w: WHY | {"left_on": w.late()})
_step("officers", "voiding", rarely=4)

_patch(
    "networks",
    lambda w: {
        "name": f"WKSBM {w.rng.randrange(1000)}",
        "territory": [{"village": v} for v in w.rng.sample(VILLAGES, 2)],
    },
)
_step("networks", "formation", lambda w: {"on": w.day()})
_step("networks", "formation", lambda w: {"on": TODAY.isoformat()})
_step("networks", "legalisation", lambda w: {"number": "7/SK", "on": w.late()})
_step("networks", "activation", lambda w: {"on": w.late()})
_step("networks", "dormancy", lambda w: WHY | {"since": w.late()})
_step("networks", "reactivation", lambda w: WHY | {"on": w.late()})
_step("networks", "dissolution", lambda w: WHY | {"on": w.late()}, rarely=DIES)
_step("networks", "merger", lambda w: WHY | {"on": w.late(), "successor_id": w.any("networks")})
_step("networks", "voiding", rarely=DIES)
for _ in range(2):
    _new(
        "network-memberships",
        lambda w: {"network_id": w.any("networks"), "institution_id": w.any("institutions"), "joined_on": w.day()},
    )
    _new(
        "network-officers",
        lambda w: {
            "network_id": w.any("networks"),
            "person_id": w.any("people"),
            "role": w.rng.choice(("ketua", "sekretaris")),
            "since": w.day(),
        },
    )
_patch("network-memberships", _spells)
_step("network-memberships", "departure", lambda w: WHY | {"left_on": w.late()})
_step("network-memberships", "readmission", lambda w: {"joined_on": w.late()})
_step("network-memberships", "voiding", rarely=4)
_patch("network-officers", _term)
_step("network-officers", "voiding", rarely=4)
_new(
    "network-delegates",
    lambda w: {"membership_id": w.any("network-memberships"), "person_id": w.any("people"), "since": w.day()},
)
_patch("network-delegates", _term)
_step("network-delegates", "voiding", rarely=4)
for _ in range(2):
    _step("networks", "fund-entries", _fund)
_step(
    "networks",
    "work-plans",
    lambda w: {"year": w.rng.randint(2024, 2026), "items": [{"goal": "Kunjungan", "months": [1]}]},
)


def _plan(walk: Walk) -> tuple[str, str, str, Any] | None:
    goal = {"goal": f"Rencana {walk.rng.randrange(99)}", "months": [2]}
    return "work-plans.patch", "PATCH", f"networks/{walk.any('networks')}/work-plans/2025", {"items": [goal]}


ACTIONS.append(_plan)

_new("partners", Walk.partner)
_patch("partners", lambda w: {"name": f"Mitra {w.rng.randrange(1000)}", "contact": {"phone": "0812-0000-0000"}})
_step("partners", "voiding", rarely=DIES)
_new(
    "partnerships",
    lambda w: {
        "partner_id": w.any("partners"),
        "institution_ids": [w.any("institutions")],
        "title": "Bantuan",
        "since": w.day(),
        "areas": [VILLAGE],
    },
)
_patch(
    "partnerships",
    lambda w: {"since": w.day(), "network_ids": [w.any("networks")], "institution_ids": [w.any("institutions")]},
)
_step("partnerships", "termination", lambda w: WHY | {"on": w.late()})
_step("partnerships", "reinstatement")
_step("partnerships", "voiding", rarely=4)
_new(
    "cultural-values",
    lambda w: {
        "kind": "tradisi",
        "name": "Sambatan",
        "villages": [w.rng.choice(VILLAGES)],
        "observations": [_observed(w)],
    },
)
_patch("cultural-values", lambda w: {"villages": w.rng.sample(VILLAGES, 2), "institution_ids": [w.any("institutions")]})
_step("cultural-values", "observations", _observed)
_step("cultural-values", "voiding", rarely=4)
