"""Activities restored from an older backup: its own later changes are applied, and it catches up with registry by itself."""

import json
from typing import Any

from tests.faults import oracle
from tests.restore.conftest import Open
from tests.restore.following import Follower
from tests.restore.restorable import Restorable, others_go_on


async def test_numbers_equal_the_sources_after_a_restore_of_activities(opened: Open) -> None:
    house, workload = await opened()
    await workload.write(40)
    follower = Follower(house, "activities")
    backup = await house.backup("activities")
    await workload.write(40)
    await house.caught_up()
    await follower.follow()
    before = await newest(house)

    await house.stop("activities")
    await house.restored("activities", backup)
    await house.start("activities")
    await house.caught_up()
    report = json.loads(house.report.read_text())
    assert report["lost"]
    assert report["raised"]
    after = await newest(house)
    for each in report["lost"]:
        sequence, data = after[each["id"]]
        assert data["voided"]
        assert sequence >= before[each["id"]][0]
    for each in report["raised"]:
        assert after[each["id"]][0] == before[each["id"]][0] + 1
    await others_go_on(house, workload, 16)
    await oracle.numbers_are_true(house)
    await oracle.sent_in_order(house, log_is_whole=True)
    assert await house.fetch("reporting", "SELECT * FROM public.went_back") == []
    await follower.follow()
    known = {id: sequence for id, (sequence, _) in follower.known.items()}
    theirs = await house.fetch(
        "activities",
        "SELECT subject_id, max(sequence) AS sequence FROM outbox"
        " WHERE topic IN ('activities.activity.v1', 'activities.village-report.v1', 'activities.resource.v1')"
        " GROUP BY subject_id",
    )
    assert {str(row["subject_id"]) for row in theirs if known.get(str(row["subject_id"])) != row["sequence"]} == set()


async def newest(house: Restorable) -> dict[str, tuple[int, dict[str, Any]]]:
    """The newest event of each subject."""
    rows = await house.fetch(
        "activities",
        "SELECT DISTINCT ON (subject_id) subject_id, sequence, data FROM outbox ORDER BY subject_id, sequence DESC",
    )
    return {str(row["subject_id"]): (row["sequence"], json.loads(row["data"])) for row in rows}
