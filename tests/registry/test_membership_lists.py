"""Lists of memberships as the database writes them say what the models say."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.registry.memberships import queries, states
from services.registry.memberships.models import KeptSpell, Membership
from services.registry.people.models import Person
from shared import database
from shared.auth import Principal
from shared.codes import Sex
from tests.house import House
from tests.registry.institutions import VILLAGE, People, record

COUNT = 60
AT = datetime(2026, 3, 15, 8, 0, tzinfo=UTC)


async def test_a_list_says_of_any_membership_what_its_model_says(registry_api: House) -> None:
    chance = random.Random(20260315)  # noqa: S311  # made-up data
    institution = await People(registry_api).registered()

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.5 else None

    def spell() -> KeptSpell:
        since = date(1990, 1, 1) + timedelta(days=chance.randrange(9000))
        return KeptSpell(since=since, until=maybe(since + timedelta(days=9)), reason=maybe('Pindah ke "kota" \\ 🌼'))

    people = [
        Person(
            id=UUID(int=chance.getrandbits(128), version=4), sequence=1, name=name, sort_name=name, sex=chance.choice(list(Sex)),
            kept_village_id=UUID(institution["village_id"]), kept_village_code=VILLAGE, consents=[], erased=name is None,
            voided=False, registered_at=AT, changed_at=AT,
        )
        for name in (maybe(f"Warga {number}") for number in range(COUNT))
    ]  # fmt: skip
    engine = database.open_engine(registry_api.settings("registry").as_owner(), pool_size=1)
    async with database.transaction(database.sessions(engine)) as session:
        session.add_all(people)
        await session.flush()
        for person, other in zip(people[: COUNT // 2], people[COUNT // 2 :], strict=True):
            person.duplicate_of = maybe(other.id)
        for person in people:
            membership = Membership(
                id=UUID(int=chance.getrandbits(128), version=4), sequence=chance.randrange(1, 99), person_id=person.id,
                institution_id=UUID(institution["id"]), spells=[spell() for _ in range(chance.randrange(1, 4))],
                voided=False, registered_at=AT, changed_at=AT + timedelta(microseconds=chance.randrange(10**6)),
            )  # fmt: skip
            session.add(membership)
    everywhere = Principal("", "", frozenset({"ministry"}), ("ID",))
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    listed = record(await operator.get("/v1/memberships?limit=200&count=true"))
    assert listed["count"] == len(listed["items"]) == COUNT
    async with database.transaction(database.sessions(engine)) as session:
        for item in listed["items"]:
            row = await queries.read(session, UUID(item["id"]), everywhere)
            wanted = json.loads(states.answer(row, row).model_dump_json())
            assert item == wanted
            assert list(item) == list(wanted)
    await engine.dispose()
