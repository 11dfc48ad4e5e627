"""Batches of 500 as a device sends them: activities, against pgbench inserting an activity and its event one at a time, and
all that days in the field bring.

A POST writes two more rows of each, the entry of the audit trail and what keeps it from being done twice.
"""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from deploy.bench import field_days, load
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.participants import INSTITUTIONS, MEMBERS
from deploy.bench.stage import Stage

OPERATIONS = 500
LEADS = 200
CONNECTIONS = 4
PEOPLE = 20_000
SECONDS_AT_LEAST = 6.0
"""Of a load: a batch may take one of them."""
A_SECOND = 20
"""Batches that are prepared for each second of a load: none is sent twice, it would only be answered again."""
RATE = Goal(2, 5)
SECONDS = Goal(0.5, 0.2, most=True)

_DONE = "SELECT count(*) AS done FROM batch_operation"
# No colon before a letter or digit: pgbench would read a variable.
TWO_INSERTS = """\
\\set n random(1, 1000000000)
BEGIN;
INSERT INTO activity (id, title, kind, strategy, village_id, village_code, lead_institution_id, lead_village_code,
    co_organiser_ids, partners, target_institution_ids, plan, status, held_from, held_until, invited, attended, named,
    voided, recorded_at, changed_at, sequence)
VALUES (uuidv7(), 'Kerja bakti ' || :n::int, 'gotong_royong', 'pemberdayaan', gen_random_uuid(),
    format('%s.%s.%s.2%s', 11 + :n::int % 38, lpad((:n::int % 71)::text, 2, '0'), lpad((:n::int % 17)::text, 2, '0'),
        lpad((:n::int % 13)::text, 3, '0')), gen_random_uuid(), '32.04.05.2001', '{}', '{}', '{}', '[]', 'selesai',
    '2026-03-01', '2026-03-01', '{"total": 40, "by_sex": null, "by_age": null}',
    '{"total": 35, "by_sex": {"female": 20, "male": 15, "unknown": 0}, "by_age": null}', 0, false, now(), now(), 1)
RETURNING id AS subject \\gset
INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor, reason,
    traceparent)
VALUES (uuidv7(), 'activities.activity.v1', :subject, 1, 'activities.activity.recorded.v1', now(),
    format('{"title":"Kerja bakti %s","kind":"gotong_royong","strategy":"pemberdayaan","objective": null,"target_group": null,"village_id":"0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f","lead_institution_id":"0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f","co_organiser_ids":[],"partners":[],"target_institution_ids":[],"plan":[],"status":"selesai","held_from":"2026-03-01","held_until":"2026-03-01","invited":{"total": 40},"attended":{"total": 35},"voided": false}', :n::int)::json,
    E'urn\\x3awahana\\x3aschema\\x3aactivities.activity.v1', ARRAY[gen_random_uuid()], 'integration@ID', NULL, NULL);
COMMIT;
"""


def requests(stage: Stage, leads: list[tuple[UUID, str]], count: int) -> list[str]:
    """Batches of activities that were held; each of a device of its own, since those of one go one after another."""
    chance = random.Random(7)  # noqa: S311  # made-up data
    return [
        load.request(
            "POST", "/v1/batches", stage.issuer.mint("integration", "ID", sub=f"perangkat-{device}"),
            {"operations": [_operation(chance, *chance.choice(leads)) for _ in range(OPERATIONS)]},
        )
        for device in range(count)
    ]  # fmt: skip


def _operation(chance: random.Random, lead: UUID, village: str) -> dict[str, Any]:
    day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 60))).isoformat()
    body = {
        "id": str(uuid7()), "title": f"Kerja bakti {chance.randrange(1000)}", "kind": "gotong_royong",
        "strategy": "pemberdayaan", "village": village, "lead_institution_id": str(lead),
        "completion": {
            "held_from": day, "held_until": day, "invited": {"total": 40},
            "attended": {"total": 35, "by_sex": {"female": 20, "male": 15}},
        },
    }  # fmt: skip
    return {"client_id": str(uuid7()), "operation": "record_activity", "body": body}


def run(stage: Stage) -> list[Row]:
    """Seconds for one batch, alone, of activities and of what days in the field bring; activities per second of several
    devices at once."""
    limits: list[float] = []
    alone: list[load.Outcome] = []
    mixed: list[load.Outcome] = []
    together: list[load.Outcome] = []
    with installed(stage, "activities") as limit, installed(stage, "activities") as wahana:
        wahana.start("activities")
        leads = [(row["id"], row["code"]) for row in wahana.fetch("activities", INSTITUTIONS, LEADS)]
        people = [str(row["id"]) for row in wahana.fetch("activities", MEMBERS, PEOPLE, [id for id, _ in leads])]
        wahana.execute("activities", "ANALYZE known_institution, known_person, known_membership")
        for _ in range(stage.size.rounds):
            limits.append(limit.pgbench("activities", [TWO_INSERTS]))
            alone.append(_sent(wahana, 1, lambda count: requests(stage, leads, count)))
            mixed.append(_sent(wahana, 1, lambda count: field_days.requests(stage, leads, people, count, OPERATIONS)))
            together.append(_sent(wahana, CONNECTIONS, lambda count: requests(stage, leads, count)))
    rate = Measured.of([one.rate * OPERATIONS for one in together], "/s")
    return [
        Row(f"a batch of {OPERATIONS} activities, alone", _seconds(alone), goal=SECONDS),
        Row(f"a batch of {OPERATIONS} of days in the field, alone", _seconds(mixed), goal=SECONDS),
        Row("… its operations", Measured.of([one.rate * OPERATIONS for one in mixed], "/s")),
        *load.rows(mixed),
        against(f"batches of {OPERATIONS} activities, {CONNECTIONS} at once", rate, Measured.of(limits, "/s"), RATE),
        *load.rows(together),
    ]


def _seconds(outcomes: Sequence[load.Outcome]) -> Measured:
    return Measured.of([one.p50 / 1000 for one in outcomes], "s")


def _sent(wahana: Installation, connections: int, prepared: Callable[[int], list[str]]) -> load.Outcome:
    size = wahana.stage.size
    seconds = max(size.seconds, SECONDS_AT_LEAST)
    batches = prepared(round((seconds + size.warm_up) * A_SECOND) + connections)
    outcome = wahana.load("activities", batches, connections=connections, share=seconds / size.seconds)
    # A batch is answered with 200 whatever becomes of its operations; of one that was refused nothing is kept.
    if wahana.fetch("activities", _DONE)[0]["done"] % OPERATIONS:
        raise load.Refused("operations of a batch were refused")
    return outcome
