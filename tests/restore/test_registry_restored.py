"""Registry restored from an older backup: what was published since stands above it, and no later change may be ignored."""

import json
from typing import Any

from tests.faults import oracle
from tests.registry.institutions import record, registration, step
from tests.registry.members import Members
from tests.registry.people import WHY
from tests.registry.region_changes import Ministry
from tests.restore.conftest import Open
from tests.restore.following import Follower
from tests.restore.restorable import Restorable, others_go_on

SPLIT: list[dict[str, Any]] = [
    {
        "kind": "split", "region": "35.06.01", "into": [{"code": "35.06.91", "name": "Mojo Barat"}],
        "rights_follow": ["35.06.91"],
    },
    {"kind": "transfer", "region": "35.06.01.2001", "parent": "35.06.91", "code": "35.06.91.2001"},
]  # fmt: skip
"""A district is founded and a village moves into it, where nobody else in this test is at work."""


async def test_no_change_after_a_restore_is_ignored_and_nobody_keeps_what_was_lost(opened: Open) -> None:
    house, workload = await opened()
    people = Members(house)
    await workload.write(30)
    kept, moved = await people.institution(), await people.institution(name="Arisan Kenanga")
    person = await people.person()
    await people.joined(person, kept)
    follower = Follower(house, "registry")
    async with workload.running(writers=2):
        await workload.more(10)
        backup = await house.backup("registry")
        await workload.more(30)
    lost = await people.institution(name="Arisan yang hilang")
    lost_person = await people.person(name="Sri Rejeki")
    lost_membership = await people.joined(lost_person, kept)
    for name in ("Arisan Kenanga I", "Arisan Kenanga II"):
        moved = record(await changed(people, moved, name=name))
    await erased(people, person)
    change = await Ministry(house).applied(*SPLIT)
    await house.caught_up()
    await follower.follow()
    assert follower.known[moved["id"]][0] == 3

    await house.stop("registry")
    finished = await house.restored("registry", backup)
    assert finished.found
    notes = " ".join(finished.found.notes)
    assert "Region changes applied after the backup are undone: number 1" in notes
    assert "1 people who were erased after the backup were erased again" in notes
    await house.start("registry")
    await house.caught_up()

    report = json.loads(house.report.read_text())
    assert {lost["id"], lost_person["id"], lost_membership["id"]} <= {each["id"] for each in report["lost"]}
    assert moved["id"] in {each["id"] for each in report["raised"]}
    await nobody_keeps_what_was_lost(house, report)
    assert (await people.operator.get(f"/v1/institutions/{lost['id']}")).status_code == 404
    restored = record(await people.operator.get(f"/v1/institutions/{moved['id']}"))
    assert (restored["name"], restored["sequence"]) == ("Arisan Kenanga", 4)
    assert record(await people.operator.get(f"/v1/people/{person['id']}"))["erased"], "an erasure is not undone"

    record(await changed(people, restored, name="Arisan Kenanga III"))
    again = await people.operator.post("/v1/institutions", json=registration(id=lost["id"]))
    assert (again.status_code, again.json()["type"].endswith("id-lost-in-restore")) == (409, True), again.text
    assert (await Ministry(house).applied(*SPLIT))["number"] == change["number"] + 1
    await others_go_on(house, workload, 12)
    await oracle.numbers_are_true(house)
    await oracle.sent_in_order(house, log_is_whole=True)
    assert await house.fetch("reporting", "SELECT * FROM public.went_back") == []
    assert (await known_to_activities(house, moved))["name"] == "Arisan Kenanga III"
    await follower.follow()
    await knows_all(house, follower)


async def changed(people: Members, institution: dict[str, Any], **values: Any) -> Any:
    headers = {"If-Match": f'"{institution["sequence"]}"', "Content-Type": "application/merge-patch+json"}
    return await people.operator.patch(f"/v1/institutions/{institution['id']}", json=values, headers=headers)


async def erased(people: Members, person: dict[str, Any]) -> None:
    record(await step(people.keepers.facilitator, person, "erasure", WHY, "people"))


async def nobody_keeps_what_was_lost(house: Restorable, report: dict[str, Any]) -> None:
    """Of all that was lost consumers hold the last state: void, or of a region: ended on the day it began."""
    ids = [each["id"] for each in report["lost"]]
    living = await house.fetch(
        "activities",
        "SELECT id::text FROM known_institution WHERE NOT voided AND id = ANY($1::uuid[])"
        " UNION ALL SELECT id::text FROM known_person WHERE NOT voided AND id = ANY($1::uuid[])",
        ids,
    )
    assert living == []
    told = await house.fetch(
        "registry",
        "SELECT DISTINCT ON (subject_id) type, data FROM outbox WHERE subject_id = ANY($1::uuid[])"
        " ORDER BY subject_id, sequence DESC",
        ids,
    )
    assert len(told) == len(ids)
    for row in told:
        data = json.loads(row["data"])
        assert data.get("voided") or data["until"] == data["since"], row["type"]


async def known_to_activities(house: Restorable, institution: dict[str, Any]) -> dict[str, Any]:
    return dict(
        (await house.fetch("activities", "SELECT * FROM known_institution WHERE id = $1", institution["id"]))[0]
    )


async def knows_all(house: Restorable, follower: Follower) -> None:
    """A follower that read on from its cursor knows every subject at its newest sequence."""
    newest = await house.fetch(
        follower.service,
        "SELECT DISTINCT ON (subject_id) subject_id, sequence FROM outbox WHERE topic <> ALL($1)"
        " ORDER BY subject_id, sequence DESC",
        [
            "registry.person.v1",
            "registry.membership.v1",
            "registry.officer.v1",
            "registry.family.v1",
            "registry.community.v1",
        ],
    )
    behind = {str(row["subject_id"]): row["sequence"] for row in newest}
    assert {id: n for id, n in behind.items() if follower.known.get(id, (0,))[0] != n} == {}
