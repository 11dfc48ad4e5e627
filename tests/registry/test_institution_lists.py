"""Lists of institutions as the database writes them: they say what the models say, and find names in areas of any size."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.registry.institutions import queries, search, states
from services.registry.models import Institution, KeptContact, KeptFunding, KeptSeat, Region
from services.registry.regions import identity
from shared import database
from shared.auth import Principal
from shared.codes import (
    ActivityField,
    FundingSource,
    InstitutionType,
    LegalStatus,
    Operation,
    Origin,
    PpksKind,
    Verification,
)
from shared.events.envelope import Spell
from shared.events.institutions import Absorbed, MemberCounts, Seat
from tests.house import House
from tests.registry.institutions import VILLAGE, VILLAGE_OVER, People, record, registration

ADDRESS = "/v1/institutions"
COUNT = 150
WORDS = ["Arisan", "Désa", 'kata "petik"', "garis\\miring", "ꦱꦶꦤꦺꦴꦩꦤ꧀", "🌼", "a\u2028b", "</script>", "%_'"]


def anything(chance: random.Random) -> Institution:
    """Any institution that the table can hold."""

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.5 else None

    def day() -> date:
        return date(1000, 1, 1) + timedelta(days=chance.randrange(370_000))

    def instant() -> datetime:
        return datetime.fromtimestamp(chance.randrange(2_000_000_000), UTC) + timedelta(
            microseconds=chance.choice([0, 1, 120_000, 999_999, chance.randrange(10**6)])
        )

    def id() -> UUID:
        return UUID(int=chance.getrandbits(128), version=4)

    village = identity.region_id(code := chance.choice([VILLAGE, VILLAGE_OVER]))
    seats = [KeptSeat(village_id=village, village=code, since=maybe(day()), until=None) for _ in range(chance.randrange(1, 4))]  # fmt: skip
    spells = [Spell(since=day(), until=maybe(day())) for _ in range(chance.randrange(1, 4))]
    contact = KeptContact(
        phone=maybe("+6281234567890"), email=maybe("a@b.id"), address=maybe(f"Jl. Melati {chance.randrange(9)}")
    )
    absorbed = Absorbed(
        institution_id=id(), type=chance.choice(list(InstitutionType)), active=spells, merged_on=day(),
        seats=[Seat(village_id=village)],
    )  # fmt: skip
    placed, name = chance.random() < 0.5, " ".join(chance.choices(WORDS, k=3))
    return Institution(
        id=id(), sequence=chance.randrange(1, 2**31), type=chance.choice(list(InstitutionType)), name=name,
        local_name=maybe(chance.choice(WORDS)), origin=chance.choice(list(Origin)),
        legal_status=chance.choice(list(LegalStatus)), village_id=village, village_code=code, founded_on=maybe(day()),
        members=maybe(MemberCounts(female=chance.randrange(10**6), male=1, unknown=chance.randrange(3))),
        activity_fields=chance.sample(list(ActivityField), chance.randrange(4)),
        ppks_kinds=chance.sample(list(PpksKind), chance.randrange(4)),
        funding_sources=[
            KeptFunding(source=source, yearly_amount=maybe(chance.randrange(10**13)))
            for source in chance.sample(list(FundingSource), chance.randrange(3))
        ],
        contact=maybe(contact), latitude=chance.choice([1e-6, -7.0, round(chance.uniform(-11, 6), 6)]) if placed else None,
        longitude=round(chance.uniform(95, 141), chance.randrange(7)) if placed else None,
        extra=maybe({"usaha": chance.choice(WORDS), "n": chance.choice([1.5, 10**15, None, True]), "x": [{}, []]}),
        extra_version=maybe(chance.randrange(9)), active=spells, seats=seats, operation=chance.choice(list(Operation)),
        closed_on=maybe(day()), verification=chance.choice(list(Verification)), makers=["a"],
        change_request_id=maybe(id()), voided=False, absorbed=[absorbed] * chance.randrange(3), successor_id=maybe(id()),
        registered_at=instant(), changed_at=instant(), sort_name=name, search_text=name,
    )  # fmt: skip


async def test_a_list_says_of_any_record_what_its_model_says(registry_api: House) -> None:
    chance = random.Random(20260315)  # noqa: S311  # made-up data
    engine = database.open_engine(registry_api.settings("registry").as_owner(), pool_size=1)
    async with database.transaction(database.sessions(engine)) as session:
        session.add_all([anything(chance) for _ in range(COUNT)])
    async with database.transaction(database.sessions(engine)) as session:
        rows = await session.execute(select(Institution, Region.name).join(Region, Region.id == Institution.village_id))
        wanted = {str(row.id): json.loads(states.answer(row, name).model_dump_json()) for row, name in rows}
    await engine.dispose()
    officer = registry_api.client("registry", "regency-officer", "32.04")
    listed = record(await officer.get(f"{ADDRESS}?limit=200&sort=id"))["items"]
    assert len(listed) == COUNT
    for item in listed:
        assert item == wanted[item["id"]]
        assert list(item) == list(wanted[item["id"]])


async def test_a_list_says_what_reading_the_record_says(registry_api: House) -> None:
    people = People(registry_api)
    body = await people.verified(local_name="Jimpitan", contact={"email": "a@b.id"}, coordinates={"latitude": -6.9, "longitude": 107.7})  # fmt: skip
    answer = record(await people.officer.get(f"{ADDRESS}/{body['id']}"))
    del answer["named_members"]
    assert record(await people.officer.get(ADDRESS))["items"] == [answer]


async def test_a_name_is_found_in_areas_of_any_size(registry_api: House) -> None:
    people = People(registry_api)
    for name in ("Sinoman Karya Muda", "KUBE Sumber Rejeki", "KUBE Sumber Rezeki", "RW 03 Al"):
        await people.registered(name=name)
    ministry, province = registry_api.client("registry", "ministry"), people.province

    async def found(client: Any, q: str, **filters: str) -> list[str]:
        listed = record(await client.get(ADDRESS, params={"q": q, "count": "true", **filters}))
        assert listed["count"] == len(listed["items"])
        return [item["name"] for item in listed["items"]]

    both = ["KUBE Sumber Rejeki", "KUBE Sumber Rezeki"]
    for wide in (ministry, province):
        assert await found(wide, "sinomn karya") == ["Sinoman Karya Muda"]
        assert await found(wide, "MUDA sinoman") == ["Sinoman Karya Muda"]
        assert await found(wide, "umber") == both
        assert await found(wide, "al rw") == ["RW 03 Al"]
        assert await found(wide, "ya") == []  # a short word begins one
        assert await found(wide, "sumber rejeki") == ["KUBE Sumber Rejeki"]
        assert await found(wide, "sumbr rejeki") == ["KUBE Sumber Rejeki"]
        assert await found(wide, "sumber rejeki koperasi") == []
        assert await found(wide, "sumber rejeki", region="32.04") == both
        assert await found(wide, "sumber rejeki", type="KUBE") == []
        assert await found(wide, "koperasi") == []
    assert await found(people.operator, "sumber rejeki") == both
    assert await found(people.operator, "karya sinoman") == ["Sinoman Karya Muda"]
    assert await found(people.operator, "al rw") == ["RW 03 Al"]
    assert await found(people.operator, "ya") == []


async def test_the_first_page_and_the_next_are_of_one_search(registry_api: House) -> None:
    people = People(registry_api)
    names = [f"Posyandu Melati {number}" for number in range(5)]
    for name in names:
        await people.registered(name=name)
    ministry = registry_api.client("registry", "ministry")
    for sort, wanted in (("name", names), ("-name", names[::-1]), ("changed_at", names), ("-changed_at", names[::-1])):
        for q in ("posyandu", "posyndu melati"):
            seen: list[str] = []
            address: str | None = f"{ADDRESS}?limit=2&q={q}&sort={sort}"
            while address:
                answer = await ministry.get(address)
                seen += [item["name"] for item in record(answer)["items"]]
                address = answer.links["next"]["url"] if "next" in answer.links else None
            assert seen == wanted


async def test_a_list_of_an_ended_code_is_that_of_the_region_that_had_it(registry_api: House) -> None:
    nabire = registry_api.client("registry", "village-operator", "94.01.01.1009")
    record(await nabire.post(ADDRESS, json=registration(village="94.01.01.1009")), 201)
    await People(registry_api).registered()
    ministry = registry_api.client("registry", "ministry")
    listed = record(await ministry.get(f"{ADDRESS}?region=91.04"))
    assert [item["village"] for item in listed["items"]] == ["94.01.01.1009"]


def test_only_an_area_of_a_few_regencies_is_small() -> None:
    def small(region: str | None, *areas: str, role: str = "regency-officer") -> bool:
        return search.is_small(region, Principal("", "", frozenset({role}), areas))

    assert small(None, "32.04", "32.05.01")
    assert small("32.04", "ID")
    assert small("32", "32.04")
    assert small(None, "ID", role="institution-operator")
    assert not small(None, "32.04", "33")
    assert not small("ID", "ID")
    assert not small("32", "ID")


def test_names_are_ordered_by_no_index_where_words_are_looked_up() -> None:
    by_name, by_id = queries.ORDERS[queries.Sort.NAME_DOWN], queries.ORDERS[queries.Sort.ID]
    assert str(search.order(by_name).columns[0]) != str(by_name.columns[0])
    assert search.order(by_name).descending
    assert search.order(by_id) == by_id
