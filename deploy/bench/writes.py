"""Writes: POST of an institution, validated and authorised, against pgbench inserting the record and its event.

The POST writes a third row, the entry of the audit trail: against all three it is told as well.
"""

import random

from deploy.bench import load
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import Installation, installed
from deploy.bench.stage import Stage
from shared.codes import InstitutionType

BODIES = 4000
GOAL = Goal(0.30, 0.55)

# No colon before a letter or digit: pgbench would read a variable. A village's code is made up of the random number: there is no foreign key, and the index sees as many villages.
TWO_INSERTS = """\
\\set n random(1, 1000000000)
BEGIN;
INSERT INTO institution (id, sequence, type, name, local_name, origin, legal_status, village_id, village_code,
    founded_on, members, active, seats, operation, closed_on, verification, makers, change_request_id, voided,
    registered_at, changed_at, sort_name, search_text)
VALUES (uuidv7(), 1, 'ARS', 'Arisan Melati ' || :n::int, NULL, 'tumbuh', 'tidak_berbadan_hukum', gen_random_uuid(),
    format('%s.%s.%s.2%s', 11 + :n::int % 38, lpad((:n::int % 71)::text, 2, '0'), lpad((:n::int % 17)::text, 2, '0'),
        lpad((:n::int % 13)::text, 3, '0')),
    '2015-08-17', '{"female": 24, "male": 3, "unknown": 0}', '[{"since": "2015-09-01", "until": null}]',
    '[{"village_id": "0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f", "since": null, "until": null, "village": "32.04.05.2001"}]',
    'aktif', NULL, 'draf', '[]', NULL, false, now(), now(), 'arisan melati ' || :n::int, 'arisan melati ' || :n::int)
RETURNING id AS subject \\gset
INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, region_ids, actor, reason,
    traceparent)
VALUES (uuidv7(), 'registry.institution.v1', :subject, 1, 'registry.institution.registered.v1', now(),
    format('{"type":"ARS","name":"Arisan Melati %s","local_name": null,"origin":"tumbuh","legal_status":"tidak_berbadan_hukum","founded_on":"2015-08-17","members":{"female": 24,"male": 3,"unknown": 0},"verification":"draf","operation":"aktif","active":[{"since":"2015-09-01","until": null}],"seats":[{"village_id":"0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f","since": null,"until": null}],"voided": false}', :n::int)::json,
    E'urn\\x3awahana\\x3aschema\\x3aregistry.institution.v1', ARRAY[gen_random_uuid()], 'integration@ID', NULL, NULL);
COMMIT;
"""
ENTRY = """\
INSERT INTO audit_entry (at, record_type, record_id, sequence, action, before, after, actor, client, request_id, reason,
    region_ids)
VALUES (now(), 'institution', :subject::text, 1, 'registered', NULL,
    format('{"type":"ARS","name":"Arisan Melati %s","local_name": null,"origin":"tumbuh","legal_status":"tidak_berbadan_hukum","village_id":"0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f","village_code":"32.04.05.2001","founded_on":"2015-08-17","members":{"female": 24,"male": 3,"unknown": 0},"activity_fields":[],"ppks_kinds":[],"funding_sources":[],"contact": null,"latitude": null,"longitude": null,"extra": null,"extra_version": null,"active":[{"since":"2015-09-01","until": null}],"seats":[{"village_id":"0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f","since": null,"until": null}],"operation":"aktif","closed_on": null,"verification":"draf","makers":["integration@ID"],"change_request_id": null,"voided": false}', :n::int)::json,
    'integration@ID', 'wahana', 'b0f1', NULL, ARRAY[gen_random_uuid()]);
COMMIT;
"""
THREE_INSERTS = TWO_INSERTS.replace("COMMIT;\n", ENTRY)


def requests(stage: Stage) -> list[str]:
    """Registrations in random villages; each may be sent many times, since the service gives the ids."""
    chance = random.Random(1)  # noqa: S311  # made-up data
    villages = stage.villages()
    token = stage.token("integration")
    types = [each for each in InstitutionType if each is not InstitutionType.PRS]
    return [
        load.request("POST", "/v1/institutions", token, {
            "type": chance.choice(types), "name": f"Arisan Melati {chance.randrange(10**9)}", "origin": "tumbuh",
            "legal_status": "tidak_berbadan_hukum", "village": chance.choice(villages)[0], "founded_on": "2015-08-17",
            "active_from": "2015-09-01", "members": {"female": 24, "male": 3},
        })
        for _ in range(BODIES)
    ]  # fmt: skip


def run(stage: Stage) -> list[Row]:
    """Registrations per second over 16 connections, alone and with the relay publishing them meanwhile."""
    bodies = requests(stage)
    limits: list[float] = []
    limits_of_three: list[float] = []
    alone: list[load.Outcome] = []
    relayed: list[load.Outcome] = []
    with (
        installed(stage, "registry") as limit,
        installed(stage, "registry") as api,
        installed(stage, "registry") as both,
    ):
        api.start("registry")
        both.start("registry", "registry-worker")
        _published(both)
        for _ in range(stage.size.rounds):
            limits.append(limit.pgbench("registry", [TWO_INSERTS]))
            limits_of_three.append(limit.pgbench("registry", [THREE_INSERTS]))
            alone.append(api.load("registry", bodies))
            relayed.append(both.load("registry", bodies))
            _published(both)
    pgbench_rate, rate = Measured.of(limits, "/s"), Measured.of([one.rate for one in alone], "/s")
    return [
        against("POST an institution", rate, pgbench_rate, GOAL),
        against("… against its audit entry too", rate, Measured.of(limits_of_three, "/s")),
        *load.rows(alone),
        against("… with the relay publishing", Measured.of([one.rate for one in relayed], "/s"), pgbench_rate),
        *load.rows(relayed),
    ]


def _published(wahana: Installation) -> None:
    """Waits until the relay has nothing left: the next round shall not pay for this one."""
    wahana.until(
        lambda: not wahana.fetch("registry", "SELECT EXISTS (SELECT FROM outbox WHERE pending)")[0][0],
        "the outbox is published",
    )
