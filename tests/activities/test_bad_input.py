"""Bad input is refused by name, with the element it is about and a remedy, and nothing of it is stored."""

import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from uuid_utils.compat import uuid7

from shared.codes import Verification
from tests.activities.world import COMPLETION, HERE, PAPUA, World, faults

pytestmark = pytest.mark.without_worker

Change = Callable[[dict[str, Any]], object]


def _headcount(**changes: Any) -> dict[str, Any]:
    return _completion(attended=COMPLETION["attended"] | changes)


def _completion(**changes: Any) -> dict[str, Any]:
    return {"plan": None, "completion": COMPLETION | changes}


NOBODY = str(uuid7())
CASES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"village": "32.99.99.2001"}, [("/village", "region-unknown")]),
    ({"village": "32.04.05"}, [("/village", "region-wrong-level")]),
    ({"village": "ID"}, [("/village", "region-wrong-level")]),
    ({"village": "3204"}, [("/village", "region-wrong-level")]),
    ({"village": "Cangkuang"}, [("/village", "region-code-malformed")]),
    ({"village": 3204052001}, [("/village", "string-type")]),
    ({"lead_institution_id": NOBODY}, [("/lead_institution_id", "institution-unknown")]),
    ({"lead_institution_id": "mawar"}, [("/lead_institution_id", "uuid-parsing")]),
    ({"co_organiser_ids": [NOBODY]}, [("/co_organiser_ids/0", "institution-unknown")]),
    ({"target_institution_ids": [NOBODY]}, [("/target_institution_ids/0", "institution-unknown")]),
    (
        {"village": "32.99.99.2001", "lead_institution_id": NOBODY, "target_institution_ids": [NOBODY]},
        [
            ("/village", "region-unknown"),
            ("/lead_institution_id", "institution-unknown"),
            ("/target_institution_ids/0", "institution-unknown"),
        ],
    ),
    (
        {"plan": {"planned_from": "2026-03-20", "planned_until": "2026-03-19"}},
        [("/plan/planned_until", "end-before-start")],
    ),
    ({"plan": {"planned_from": "2026-03-20"}}, [("/plan/planned_until", "missing")]),
    ({"plan": {"planned_from": "20/03/2026", "planned_until": "2026-03-20"}}, [("/plan/planned_from", "date-malformed")]),
    ({"plan": {"planned_from": 1773964800, "planned_until": "2026-03-20"}}, [("/plan/planned_from", "date-malformed")]),
    ({"plan": {"planned_from": "2026-02-30", "planned_until": "2026-03-20"}}, [("/plan/planned_from", "date-from-datetime-parsing")]),
    ({"plan": {"planned_from": "2026-03-20", "planned_until": "9026-03-20"}}, [("/plan/planned_until", "less-than-equal")]),
    ({"plan": None}, [("/plan", "neither-planned-nor-held")]),
    (
        _completion(held_from="2026-03-02", held_until="2026-03-01"),
        [("/completion/held_until", "completion-before-start")],
    ),
    (_completion(held_until="2026-03-16"), [("/completion/held_until", "completion-in-the-future")]),
    (
        _headcount(by_sex={"female": 9, "male": 5}),
        [("/completion/attended/by_sex", "attended-by-sex-disagrees")],
    ),
    (
        _headcount(by_sex={"female": 9}, by_age={"age_60_up": 16}),
        [
            ("/completion/attended/by_sex", "attended-by-sex-disagrees"),
            ("/completion/attended/by_age", "attended-by-age-disagrees"),
        ],
    ),
    (
        _completion(invited={"total": 2, "by_age": {"unknown": 1}}),
        [("/completion/invited/by_age", "invited-by-age-disagrees")],
    ),
    (_headcount(total=-1), [("/completion/attended/total", "greater-than-equal")]),
    (_headcount(total="15"), [("/completion/attended/total", "int-type")]),
    (_headcount(total=15.5), [("/completion/attended/total", "int-type")]),
    (_headcount(total=10**12), [("/completion/attended/total", "less-than-equal")]),
    (_headcount(by_sex={"perempuan": 15}), [("/completion/attended/by_sex/perempuan", "extra-forbidden")]),
    ({"kind": "kerja_bakti"}, [("/kind", "enum")]),
    ({"strategy": "lain"}, [("/strategy", "enum")]),
    ({"target_group": {}}, [("/target_group", "target-group-empty")]),
    ({"target_group": {"ppks_kinds": ["XYZ"]}}, [("/target_group/ppks_kinds/0", "enum")]),
    ({"title": "  "}, [("/title", "string-too-short")]),
    ({"title": "x" * 201}, [("/title", "string-too-long")]),
    ({"title": "Kerja\x00bakti"}, [("/title", "control-character")]),
    ({"partners": ["Dinas\u0007"]}, [("/partners/0", "control-character")]),
    ({"partners": ["a"] * 51}, [("/partners", "too-long")]),
    ({"partners": ["Puskesmas", "-"]}, [("/partners/1", "partner-without-name")]),
    ({"completion": COMPLETION}, [("/plan/planned_from", "plan-after-completion")]),
    ({"judul": "Kerja bakti"}, [("/judul", "extra-forbidden")]),
    ({"id": "1"}, [("/id", "uuid-parsing")]),
]  # fmt: skip


async def test_each_is_told_at_its_element_with_a_remedy_and_nothing_is_stored(world: World) -> None:
    operator = world.client()
    wrong = []
    for changes, expected in CASES:
        answer = await operator.post("/v1/activities", json=world.planned(**changes))
        told = faults(answer) if answer.status_code == 422 else answer.status_code
        if told != expected or not all(f["remedy"] and f["message"] for f in answer.json()["errors"]):
            wrong.append((changes, told, expected))
    assert not wrong
    assert await world.stored() == (0, 0)


async def test_institutions_named_twice_are_pointed_at(world: World) -> None:
    operator = world.client()
    lead, helper = str(world.lead), str(world.helper)
    for changes, expected in [
        ({"co_organiser_ids": [helper, lead]}, [("/co_organiser_ids/1", "lead-among-co-organisers")]),
        ({"co_organiser_ids": [helper, helper]}, [("/co_organiser_ids/1", "listed-twice")]),
        ({"target_institution_ids": [helper, lead, helper]}, [("/target_institution_ids/2", "listed-twice")]),
    ]:
        answer = await operator.post("/v1/activities", json=world.planned(**changes))
        assert faults(answer) == expected
    assert await world.stored() == (0, 0)


async def test_what_registry_refused_cannot_be_named_and_a_draft_can(world: World) -> None:
    draft = await world.announcer.institution(HERE, verification=Verification.DRAF)
    rejected = await world.announcer.institution(HERE, verification=Verification.DITOLAK)
    far = await world.announcer.institution(PAPUA, verification=Verification.DITOLAK)
    voided = await world.announcer.institution(HERE, id=world.helper, sequence=2, voided=True)
    await world.announcer.arrived()
    operator = world.client()
    for refused, code in (
        (rejected, "institution-rejected"),
        (voided, "institution-rejected"),
        (far, "institution-unknown"),
    ):
        for at, named in (
            ("/lead_institution_id", {"lead_institution_id": str(refused)}),
            ("/co_organiser_ids/0", {"co_organiser_ids": [str(refused)]}),
            ("/target_institution_ids/0", {"target_institution_ids": [str(refused)]}),
        ):
            answer = await operator.post("/v1/activities", json=world.planned(**named))
            assert faults(answer) == [(at, code)], (refused, at)
    assert await world.stored() == (0, 0)
    await world.posted(world.planned(lead_institution_id=str(draft)))


async def test_no_partner_bears_the_name_of_an_organiser(world: World) -> None:
    helped = {"co_organiser_ids": [str(world.helper)]}
    for changes, at in [
        ({"partners": ["Puskesmas", "ARISAN  mawar."]}, "/partners/1"),
        ({"partners": ["Kube Mélati"], **helped}, "/partners/0"),
    ]:
        answer = await world.client().post("/v1/activities", json=world.planned(**changes))
        assert faults(answer) == [(at, "partner-is-organiser")]
    assert await world.stored() == (0, 0)
    made = await world.posted(world.planned(partners=["KUBE Melati"]))
    joined = await world.step(made, "change", helped)
    assert faults(joined) == [("/partners/0", "partner-is-organiser")]
    # An institution that is renamed later does not make the record unchangeable.
    await world.announcer.institution(HERE, id=world.lead, sequence=2, name="KUBE Melati")
    await world.announcer.arrived()
    assert (await world.step(made, "change", {"title": "Judul lain"})).status_code == 200


async def _answered(operator: httpx.AsyncClient, content: bytes) -> int:
    """A server that refuses a body may close before it was sent whole: then the answer can be lost, and is asked for again
    (RFC 9112 §9.6)."""
    for _ in range(20):
        with contextlib.suppress(httpx.ReadError, httpx.WriteError):
            answer = await operator.post(
                "/v1/activities", content=content, headers={"Content-Type": "application/json"}
            )
            return answer.status_code
    raise AssertionError("never answered")


async def test_what_is_no_json_or_too_large_is_refused(world: World) -> None:
    operator = world.client()
    for content, status in [(b"{", 422), (b"[]", 422), (b"null", 422), (b'{"title": "' + b"x" * 1_100_000, 413)]:
        assert await _answered(operator, content) == status, content[:20]
    form = await operator.post("/v1/activities", data={"title": "Kerja bakti"})
    assert form.status_code == 415
    assert await world.stored() == (0, 0)


async def test_the_wrong_step_bodies_change_nothing(world: World) -> None:
    made = await world.posted(world.planned())
    held = {name: value for name, value in COMPLETION.items() if name != "invited"}
    early = ("/held_from", "held-before-planned-start")
    for step, body, expected in [
        ("rescheduling", {"planned_from": "2026-04-02", "planned_until": "2026-04-01"}, ("/planned_until", "end-before-start")),
        ("rescheduling", {"planned_from": "2026-03-20", "planned_until": "2026-03-20"}, ("/planned_from", "plan-unchanged")),
        ("rescheduling", {"planned_from": "2019-12-31", "planned_until": "2026-03-20"}, ("/planned_from", "organiser-not-active-that-day")),
        ("completion", held | {"held_until": "2026-02-28"}, ("/held_until", "completion-before-start")),
        ("completion", held | {"held_until": "2026-03-16"}, ("/held_until", "completion-in-the-future")),
        ("completion", held, early),
        ("completion", held | {"held_until": "2026-03-15"}, early),
        ("completion", held | {"catatan": "x"}, ("/catatan", "extra-forbidden")),
        ("cancellation", {}, ("/reason", "missing")),
        ("cancellation", {"reason": " "}, ("/reason", "string-too-short")),
        ("cancellation", {"reason": "x" * 501}, ("/reason", "string-too-long")),
        ("voiding", {"reason": "x\u0000y z"}, ("/reason", "control-character")),
        ("change", {"title": None}, ("/title", "missing")),
        ("change", {"village": "32.04"}, ("/village", "region-wrong-level")),
        ("change", {"village": "32.04.05.2999"}, ("/village", "region-unknown")),
        ("change", {"lead_institution_id": NOBODY}, ("/lead_institution_id", "institution-unknown")),
        ("change", {"lead_institution_id": str(world.far)}, ("/lead_institution_id", "institution-unknown")),
        ("change", {"plan": None}, ("/plan", "extra-forbidden")),
        ("change", {"target_group": {"members": False}}, ("/target_group", "target-group-empty")),
    ]:  # fmt: skip
        answer = await world.step(made, step, body)
        assert answer.status_code == 422, (step, body, answer.text)
        assert faults(answer) == [expected], (step, body)
    assert await world.stored() == (1, 1)
    assert (await world.client().get(f"/v1/activities/{made['id']}")).json() == made


async def test_problems_speak_english_when_asked(world: World) -> None:
    answer = await world.client().post(
        "/v1/activities", json=world.planned(village="32.04"), headers={"Accept-Language": "en"}
    )
    (fault,) = answer.json()["errors"]
    assert fault["remedy"] == "Give the code of a village (10 digits)."
