"""Postings found by Indonesian words in any of their forms, by nearly right ones, and the offers and needs that may meet."""

from typing import Any

import pytest

from tests.activities.exchanging import Exchanging, institution, slug
from tests.activities.world import HERE, NEXT_DISTRICT

TITLES = {
    "ditch": ("Membersihkan saluran air", "Alat untuk membersihkan selokan RW 05."),
    "sewing": ("Pelatihan menjahit", "Ibu-ibu ingin dilatih membuat seragam."),
    "rice": ("Beras untuk lumbung", "Lumbung desa kosong sejak Januari."),
    "letters": ("Guru menulis", "Anak-anak belajar menulis surat."),
    "herbs": ("Bibit jahé", "Untuk ditanam di pekarangan."),
}


async def _found(groups: Exchanging, **parameters: Any) -> list[str]:
    """The keys of the needs that a list gives, in its order."""
    listed = (await groups.client().get("/v1/needs", params=parameters)).json()
    by_title = {title: key for key, (title, _) in TITLES.items()}
    return [by_title[item["title"]] for item in listed["items"]]


async def test_words_are_found_in_any_of_their_forms_and_when_misspelt(exchanging: Exchanging) -> None:
    for title, text in TITLES.values():
        await exchanging.post("needs", exchanging.need(title=title, text=text, kind="lainnya"))
    cases = {
        "bersih": ["ditch"], "kebersihan": ["ditch"], "membersihkan": ["ditch"],
        "latih": ["sewing"], "pelatihan": ["sewing"], "melatih": ["sewing"],
        "jahit": ["sewing"], "menjahit": ["sewing"], "penjahit": ["sewing"],
        "beras": ["rice"], "berasnya": ["rice"], "Berás!": ["rice"],
        "tulis": ["letters"], "menulis": ["letters"], "penulisan": ["letters"],
        "tanam": ["herbs"], "menanam": ["herbs"], "jahe": ["herbs"],
        "pelatian menjait": ["sewing"], "slokan": ["ditch"],
        "pelatihan beras": [], "kambing": [], "bersih membersihkan": ["ditch"],
    }  # fmt: skip
    for q, expected in cases.items():
        assert await _found(exchanging, q=q) == expected, q
    nothing = await exchanging.client().get("/v1/needs", params={"q": "%_"})
    assert (nothing.status_code, slug(nothing)) == (400, "nothing-to-search")


async def test_the_best_answer_to_the_words_comes_first_on_every_page(exchanging: Exchanging) -> None:
    """A word of the title weighs more than one of the text; pages follow the same order and lose nothing."""
    in_text = await exchanging.post(
        "needs", exchanging.need(title="Bantuan pangan", text="Beras sekarung saja, terima kasih.")
    )
    in_both = await exchanging.post("needs", exchanging.need(title="Beras", text="Beras dan beras lagi."))
    in_title = await exchanging.post("needs", exchanging.need(title="Beras bantuan pangan", text="Sekarung saja."))
    client, order = exchanging.client(), []
    parameters: dict[str, Any] = {"q": "beras", "limit": 1}
    while True:
        page = (await client.get("/v1/needs", params=parameters)).json()
        order += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        parameters["cursor"] = page["next"]
    assert order == [in_both["id"], in_title["id"], in_text["id"]]
    newest = (await client.get("/v1/needs", params={"q": "beras", "sort": "-recorded_at"})).json()["items"]
    assert {item["id"] for item in newest} == set(order)


async def test_lists_are_narrowed(exchanging: Exchanging) -> None:
    world = exchanging.world
    rice = await exchanging.post("needs", exchanging.need(needed_until="2026-03-20"))
    hands = await exchanging.post("needs", exchanging.need(kind="tenaga", title="Tenaga angkut", scope="district"))
    away = await exchanging.post("needs", exchanging.need(poster=institution(world.neighbour), title="Tikar"))
    client = exchanging.client("regency-officer", "32.04")

    async def ids(**parameters: Any) -> set[str]:
        return {item["id"] for item in (await client.get("/v1/needs", params=parameters)).json()["items"]}

    assert await ids() == {rice["id"], hands["id"], away["id"]}
    assert await ids(kind="tenaga") == {hands["id"]}
    assert await ids(region="32.04.05") == {rice["id"], hands["id"]}
    assert await ids(region=NEXT_DISTRICT) == {away["id"]}
    assert await ids(scope="district") == {hands["id"]}
    assert await ids(state="dijawab") == set()
    assert await ids(poster_id=str(world.neighbour)) == {away["id"]}
    assert await ids(changed_since="2026-03-15T12:00:01Z") == set()
    assert await ids(expired=True) == set()
    # Its last day is over by the calendar of its village: 21 March begins there at 17:00 UTC.
    world.house.clock.instant = world.house.clock.instant.replace(day=20, hour=16, minute=59)
    assert await ids(expired=True) == set()
    world.house.clock.instant = world.house.clock.instant.replace(hour=17)
    assert await ids(expired=True) == {rice["id"]}
    assert await ids(expired=False) == {hands["id"], away["id"]}
    assert (await client.get(f"/v1/needs/{rice['id']}")).json()["expired"] is True
    unknown = await client.get("/v1/needs", params={"region": "32.99"})
    assert (unknown.status_code, slug(unknown)) == (400, "region-unknown")


@pytest.mark.parametrize(("noun", "other"), [("needs", "offers"), ("offers", "needs")])
async def test_matches_stand_by_kind_distance_and_words_and_say_why(
    exchanging: Exchanging, noun: str, other: str
) -> None:
    world, make = exchanging.world, getattr(exchanging, other.removesuffix("s"))
    mine = await exchanging.post(noun, getattr(exchanging, noun.removesuffix("s"))(
        poster=institution(world.helper), title="Beras dan minyak", text="Untuk dapur umum.", scope="public"
    ))  # fmt: skip
    nation = exchanging.client("integration", "ID")
    posted: dict[str, dict[str, Any]] = {}
    for key, poster, changes in (
        ("same village", world.lead, {"title": "Tikar", "text": "Bekas."}),
        ("same district, same words", exchanging.sibling, {"title": "Beras dan minyak", "text": "Lima dus."}),
        ("same regency, same words", world.neighbour, {"title": "Minyak, beras", "text": "Lima dus."}),
        ("same province", exchanging.outer, {"title": "Tikar", "text": "Bekas."}),
        ("far away, same words", world.far, {"title": "Beras dan minyak", "text": "Dapur umum."}),
        ("related kind in the village", world.lead, {"kind": "dana", "title": "Uang", "text": "Rp500.000"}),
        ("another kind with a word", world.lead, {"kind": "tenaga", "title": "Memasak di dapur", "text": "Dua orang."}),
        ("another kind without a word", world.lead, {"kind": "tenaga", "title": "Sopir", "text": "Satu."}),
        ("of the same poster", world.helper, {}),
        ("not told to it", world.far, {"scope": "village"}),
        ("over", world.lead, {"needed_until" if other == "needs" else "valid_until": "2026-03-15"}),
        ("closed", world.lead, {}),
        ("voided", world.lead, {}),
    ):  # fmt: skip
        posted[key] = await exchanging.post(other, make(**{"poster": institution(poster), **changes}), nation)
    for key, name, body in (("closed", "closure", {"outcome": "ditarik"}), ("voided", "voiding", {"reason": "Salah"})):
        address = f"/v1/{other}/{posted[key]['id']}/{name}"
        assert (await nation.post(address, json=body, headers={"If-Match": '"1"'})).status_code == 200
    world.house.clock.instant = world.house.clock.instant.replace(day=16)

    async def pages(client: Any, limit: int) -> list[dict[str, Any]]:
        found, parameters = [], {"limit": limit}
        while True:
            page = (await client.get(f"/v1/{noun}/{mine['id']}/matches", params=parameters)).json()
            found += page["items"]
            if page["next"] is None:
                return found
            parameters["cursor"] = page["next"]

    items = await pages(exchanging.client(), 2)
    names = {one["id"]: key for key, one in posted.items()}
    scores = [(names[item[other.removesuffix("s")]["id"]], item["score"]) for item in items]
    assert [(key, score["total"]) for key, score in scores] == [
        ("same district, same words", 76),
        ("same village", 70),
        ("same regency, same words", 68),
        ("far away, same words", 64),
        ("related kind in the village", 50),
        ("same province", 48),
        ("another kind with a word", 36),
    ]
    told = dict(scores)
    assert told["same district, same words"] == {
        "total": 76,
        "kind": {"relation": "same", "points": 40},
        "distance": {"within": "district", "points": 24},
        "words": {"common": ["beras", "minyak"], "points": 12},
    }
    assert told["another kind with a word"]["kind"] == {"relation": "other", "points": 0}
    assert told["another kind with a word"]["words"]["common"] == ["dapur"]
    assert told["related kind in the village"]["kind"] == {"relation": "related", "points": 20}
    assert [told[key]["distance"]["within"] for key, _ in scores] == [
        "district", "village", "regency", "nation", "village", "province", "village",
    ]  # fmt: skip
    stranger = exchanging.client("village-operator", "94.01.01.2001")
    theirs = {names[item[other.removesuffix("s")]["id"]] for item in await pages(stranger, 50)}
    assert theirs == {*told, "not told to it"}
    assert mine["village"] == HERE
