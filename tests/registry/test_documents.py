"""Documents: recorded, in force over their days, corrected, voided, found before they run out, and told in events."""

from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import ELSEWHERE, VILLAGE_OVER, People, faults, patched, problem, record, step, take
from tests.registry.parts import document, told

DOCUMENTS = "documents"


async def recorded(client: httpx.AsyncClient, institution: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document that was recorded."""
    return record(await client.post("/v1/documents", json=document(institution, **changes)), 201)


async def test_a_document_is_told_by_its_institutions_event_from_its_date_to_the_day_after_its_last(
    registry_api: House,
) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    answer = await people.operator.post("/v1/documents", json=document(arisan, valid_until="2028-03-09"))
    sk = record(answer, 201)
    assert (sk["institution_name"], sk["village"], sk["valid_until"]) == (
        "Arisan Melati",
        "32.04.05.2001",
        "2028-03-09",
    )
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/v1/documents/{sk['id']}"
    assert answer.headers["Wahana-Position"] == f"registry/{arisan['id']}@{arisan['sequence'] + 1}"
    fact, state = await told(registry_api, arisan["id"])
    assert fact == "document_recorded"
    assert state["documents"] == [
        {"kind": "pengesahan", "number": "141/12/SK/2025", "since": "2025-03-10", "until": "2028-03-10"}
    ]
    assert state["verification"] == "terverifikasi", "the record stays verified"
    read = await people.officer.get(f"/v1/documents/{sk['id']}")
    assert record(read) == sk
    assert read.headers["ETag"] == '"1"'


async def test_a_document_is_corrected_at_the_version_that_was_read_and_its_history_tells_what_changed(
    registry_api: House,
) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    sk = await recorded(people.operator, arisan)
    corrected = record(await patched(people.operator, sk, {"number": "141/21/SK/2025"}, DOCUMENTS))
    assert (corrected["sequence"], corrected["number"]) == (2, "141/21/SK/2025")
    problem(await patched(people.operator, sk, {"number": "9"}, DOCUMENTS), 412, "stale-etag")
    unchanged = record(await patched(people.operator, corrected, {"number": "141/21/SK/2025"}, DOCUMENTS))
    assert unchanged["sequence"] == 2
    voided = await take(people.operator, corrected, "voiding", {"reason": "Tertukar"}, DOCUMENTS)
    assert voided["voided"] is True
    fact, state = await told(registry_api, arisan["id"])
    assert (fact, state["documents"]) == ("document_voided", [])
    problem(await patched(people.operator, voided, {"number": "9"}, DOCUMENTS), 409, "record-not-changeable")

    history = (await people.officer.get(f"/v1/documents/{sk['id']}/history")).json()
    assert [(entry["sequence"], entry["type"]) for entry in history] == [(1, "recorded"), (2, "changed"), (3, "voided")]
    assert history[1]["changes"] == {"number": {"before": "141/12/SK/2025", "after": "141/21/SK/2025"}}
    assert (history[2]["by"], history[2]["reason"]) == ("village-operator@32.04.05.2001", "Tertukar")
    whole = (await people.officer.get(f"/v1/institutions/{arisan['id']}/history")).json()
    sequences = [entry["sequence"] for entry in whole]
    assert sequences == list(range(1, len(sequences) + 1)), "one event a change, none for a change of nothing"


async def test_what_contradicts_itself_is_refused_and_nothing_is_stored(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()

    async def refused(**changes: Any) -> set[tuple[str, str]]:
        return faults(await people.operator.post("/v1/documents", json=document(arisan, **changes)))

    assert await refused(valid_until="2025-03-09") == {("/valid_until", "valid-until-before-date")}
    assert await refused(number=None) == {("/number", "number-required")}
    assert await refused(dated_on="2026-03-16") == {("/dated_on", "in-the-future")}
    assert await refused(kind="akta") == {("/kind", "enum")}
    assert await refused(number="9" * 81) == {("/number", "string-too-long")}
    assert await refused(institution_id="0195a7c4-8a51-7c3e-9d53-1f2b3c4d5e6f") == {
        ("/institution_id", "institution-unknown")
    }
    sk = await recorded(people.operator, arisan, valid_until="2025-03-10")
    late = await patched(people.operator, sk, {"dated_on": "2025-03-11"}, DOCUMENTS)
    assert faults(late) == {("/valid_until", "valid-until-before-date")}
    again = await people.operator.post("/v1/documents", json=document(arisan, id=sk["id"]))
    problem(again, 409, "id-taken")
    assert (await told(registry_api, arisan["id"]))[1]["documents"] == [
        {"kind": "pengesahan", "number": "141/12/SK/2025", "since": "2025-03-10", "until": "2025-03-11"}
    ]


async def test_documents_are_found_before_they_run_out(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    for number, until in (
        ("1", "2026-03-14"),
        ("2", "2026-03-15"),
        ("3", "2026-06-13"),
        ("4", "2026-06-14"),
        ("5", None),
    ):
        await recorded(people.operator, arisan, number=number, valid_until=until)
    await recorded(people.operator, arisan, kind="buku_kas", number=None)

    async def numbers(query: str) -> list[str]:
        page = record(await people.officer.get(f"/v1/documents?count=true&{query}"))
        assert page["count"] == len(page["items"])
        return [item["number"] for item in page["items"]]

    due = "kind=pengesahan&valid_on=2026-03-15&expiring_before=2026-06-14&sort=valid_until"
    assert await numbers(due) == ["2", "3"]
    assert await numbers("kind=pengesahan&sort=valid_until") == ["1", "2", "3", "4", "5"]
    assert await numbers(f"institution={arisan['id']}&kind=buku_kas") == [None]
    assert await numbers(f"region={VILLAGE_OVER}") == []
    first = record(await people.officer.get("/v1/documents?sort=valid_until&limit=4&kind=pengesahan"))
    rest = record(
        await people.officer.get(f"/v1/documents?sort=valid_until&limit=4&kind=pengesahan&cursor={first['next']}")
    )
    assert [item["number"] for item in rest["items"]] == ["5"], "one without an end is the last"


async def test_documents_of_other_areas_are_not_there(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.verified()
    sk = await recorded(people.operator, arisan)
    for stranger in (
        registry_api.client("registry", "village-operator", VILLAGE_OVER),
        registry_api.client("registry", "regency-officer", ELSEWHERE[:5]),
        registry_api.client("registry", "institution-operator", "32.04.05.2001", institution=str(sk["id"])),
    ):
        for answer in (
            await stranger.get(f"/v1/documents/{sk['id']}"),
            await stranger.get(f"/v1/documents/{sk['id']}/history"),
            await patched(stranger, sk, {"number": "9"}, DOCUMENTS),
            await step(stranger, sk, "voiding", {"reason": "Salah"}, DOCUMENTS),
        ):
            problem(answer, 404, "not-found")
        page = record(await stranger.get("/v1/documents?count=true"))
        assert (page["items"], page["count"]) == ([], 0)
        answer = await stranger.post("/v1/documents", json=document(arisan))
        assert faults(answer) == {("/institution_id", "institution-unknown")}
    own = registry_api.client("registry", "institution-operator", "32.04.05.2001", institution=arisan["id"])
    assert record(await patched(own, sk, {"number": "77"}, DOCUMENTS))["number"] == "77", "it keeps its own record"
    reader = registry_api.client("registry", "province-officer", "32")
    problem(await reader.post("/v1/documents", json=document(arisan)), 403, "forbidden")


async def test_a_voided_institution_takes_no_documents(registry_api: House) -> None:
    people = People(registry_api)
    arisan = await people.registered()
    sk = await recorded(people.operator, arisan)
    now = record(await people.operator.get(f"/v1/institutions/{arisan['id']}"))
    await take(people.operator, now, "voiding", {"reason": "Salah input"})
    again = await people.operator.post("/v1/documents", json=document(arisan))
    assert faults(again) == {("/institution_id", "institution-voided")}
    problem(await patched(people.operator, sk, {"number": "9"}, DOCUMENTS), 409, "record-not-changeable")
