"""What an office sends after days in the field, as batches: activities planned, held and completed with those who came,
sheets, contributions, help that was given, and what went into a granary. Each kind stands between the others."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from deploy.bench import load
from deploy.bench.stage import Stage

CAME = 5
"""People whom a sheet names."""


def requests(
    stage: Stage, leads: Sequence[tuple[UUID, str]], people: Sequence[str], count: int, operations: int
) -> list[str]:
    """Batches of so many operations, each of a device of its own and of one village."""
    chance = random.Random(11)  # noqa: S311  # made-up data
    return [
        load.request(
            "POST", "/v1/batches", stage.issuer.mint("integration", "ID", sub=f"kantor-{device}"),
            {"operations": _batch(chance, *chance.choice(leads), people, operations)},
        )
        for device in range(count)
    ]  # fmt: skip


def _batch(
    chance: random.Random, lead: UUID, village: str, people: Sequence[str], operations: int
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < operations:
        found += _day(chance, str(lead), village, people)
    return found[:operations]


def _day(chance: random.Random, lead: str, village: str, people: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Eight operations of one day; the people of each are others."""
    day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 60))).isoformat()
    planned, held = str(uuid7()), str(uuid7())
    some = chance.sample(people, 3 * CAME + 2)
    first, second, third, helped = some[:CAME], some[CAME : 2 * CAME], some[2 * CAME : 3 * CAME], some[3 * CAME :]
    title = f"Kerja bakti {chance.randrange(1000)}"
    what = {"title": title, "kind": "gotong_royong", "village": village, "lead_institution_id": lead}
    done = {"held_from": day, "held_until": day, "attended": {"total": 35, "by_sex": {"female": 20, "male": 15}}}
    plan = {"planned_from": day, "planned_until": day}
    yield _operation("record_activity", what | {"id": planned, "plan": plan})
    yield _operation("complete_activity", done | {"attendance": _named(first)}, at=planned, if_match=1)
    yield _operation("record_activity", what | {"id": held, "completion": done | {"attendance": _named(second)}})
    yield _operation("record_attendance_sheet", _named(third) | {"activity_id": held})
    yield _operation(
        "record_resource",
        {"activity_id": held, "source": "jimpitan", "form": "tunai", "value": 150_000, "received_on": day},
    )
    for one in helped:  # a value of its own: the same help twice would be refused
        yield _operation("record_benefit", {
            "beneficiary": {"unit": "perorangan", "id": one}, "ppks_kinds": ["FM"], "help": "uang", "value": chance.randrange(10**9),
            "giver": {"organisation": "institution", "id": lead}, "given_on": day, "village": village,
        })  # fmt: skip
    yield _operation("record_stock_entry", {
        "institution_id": lead, "commodity": "beras", "unit": "kg", "direction": "masuk", "reason": "simpanan",
        "quantity": 2.5, "moved_on": day,
    })  # fmt: skip


def _named(people: Sequence[str]) -> dict[str, Any]:
    return {"people": [{"person_id": one, "role": "warga"} for one in people]}


def _operation(name: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"client_id": str(uuid7()), "operation": name, "body": body} | more
