"""What recurs after an experience: its uses are the occurrences that stand, and it may be withdrawn without ending them."""

from typing import Any

from tests.activities.exchanging import Exchanging, step
from tests.activities.recurring import WHY, Recurring


async def test_uses_are_the_occurrences_that_stand_whatever_becomes_of_the_series(exchanging: Exchanging) -> None:
    recurring = Recurring(exchanging.world)
    first, second = [await exchanging.post("experiences") for _ in range(2)]
    series = await recurring.begun("FREQ=MONTHLY;BYMONTHDAY=20", experience_id=first["id"])
    assert await _uses(exchanging, first, second) == (12, 0)
    rule = {"rule": "FREQ=MONTHLY;BYMONTHDAY=25", "starts_on": "2026-04-01", **WHY}
    series = await recurring.stepped(series, "rule-change", rule)
    assert await _uses(exchanging, first, second) == await _standing(exchanging, first, second) == (12, 0)
    series = await recurring.stepped(series, "change", {"experience_id": second["id"]})
    assert await _uses(exchanging, first, second) == await _standing(exchanging, first, second) == (0, 12)
    series = await recurring.stepped(series, "ending", {"on": "2026-06-01", **WHY})
    assert await _uses(exchanging, first, second) == await _standing(exchanging, first, second) == (0, 3)
    await recurring.stepped(series, "voiding", WHY)
    assert await _uses(exchanging, first, second) == await _standing(exchanging, first, second) == (0, 0)
    await recurring.engine.dispose()


async def test_what_recurs_goes_on_when_its_experience_is_withdrawn(exchanging: Exchanging) -> None:
    recurring, world = Recurring(exchanging.world), exchanging.world
    experience = await exchanging.post("experiences")
    series = await recurring.begun("FREQ=MONTHLY;BYMONTHDAY=20", experience_id=experience["id"])
    used = (await exchanging.client().get(f"/v1/experiences/{experience['id']}")).json()
    await step(exchanging.client(), "experiences", used, "withdrawal", {"reason": "Warga berkeberatan."})
    recurring.on("2026-04-25")
    await recurring.keep()
    assert (await recurring.open(series))[-1] == "2027-04-20"
    newest = await recurring.one(series, "2027-04-20")
    told = (await world.client().get(f"/v1/activities/{newest['activity_id']}")).json()
    assert told["experience_id"] is None
    series = (await world.client().get(f"/v1/series/{series['id']}")).json()
    renamed = await recurring.stepped(series, "change", {"title": "Arisan Mawar Melati"})
    assert renamed["title"] == "Arisan Mawar Melati"
    assert await _standing(exchanging, experience) == (12,)
    await recurring.engine.dispose()


async def _uses(exchanging: Exchanging, *experiences: dict[str, Any]) -> tuple[int, ...]:
    read = [(await exchanging.client().get(f"/v1/experiences/{one['id']}")).json() for one in experiences]
    return tuple(one["uses"] for one in read)


async def _standing(exchanging: Exchanging, *experiences: dict[str, Any]) -> tuple[int, ...]:
    """Activities that name each and are not voided."""
    rows = await exchanging.world.house.fetch(
        "activities", "SELECT experience_id::text, count(*) AS n FROM activity WHERE NOT voided GROUP BY 1"
    )
    found = {row["experience_id"]: row["n"] for row in rows}
    return tuple(found.get(one["id"], 0) for one in experiences)
