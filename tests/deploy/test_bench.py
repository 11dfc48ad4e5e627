"""Every section of the benchmark works, on sizes that say nothing about speed."""

import asyncio
from collections.abc import Iterator

import pytest

from deploy.bench import bulk, load, reads, regions, undertakings
from deploy.bench.__main__ import RUN, Section
from deploy.bench.figures import Goal, Measured, against
from deploy.bench.installation import installed
from deploy.bench.stage import TINY, Stage, opened

pytestmark = [pytest.mark.broker]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Servers of its own: freshness reads commit times, which only a restart switches on."""
    with opened(TINY) as stage:
        regions.prepare(stage)
        yield stage


@pytest.mark.parametrize("section", list(Section))
def test_every_section_gives_figures_and_their_goals(stage: Stage, section: Section) -> None:
    rows = RUN[section](stage)
    assert rows
    assert all(len(row.figure.values) == TINY.rounds for row in rows if row.goal)
    assert all(value > 0 for row in rows for value in row.figure.values)


def test_reads_are_of_the_rows_that_hold_the_sums_as_in_the_service(stage: Stage) -> None:
    with installed(stage, "reporting") as wahana:
        reads.fill(wahana)
        provinces = asyncio.run(reads.provinces(wahana))
        assert provinces
        assert all(place.totalled for place in provinces)
        query = (
            "SELECT region_key, month, sum(completed) FILTER (WHERE dimension = -1) AS whole,"
            " sum(completed) FILTER (WHERE dimension >= 0) AS parts FROM cell_activity JOIN region ON key = region_key"
            " WHERE level = ANY($1) GROUP BY region_key, month"
        )
        rows = wahana.fetch("reporting", query, ["nation", "province"])
        assert rows
        assert all(row["whole"] == row["parts"] for row in rows)


def test_lists_are_read_among_records_that_have_their_events_and_audit_entries(stage: Stage) -> None:
    with installed(stage, "registry") as wahana:
        bulk.fill(wahana)
        told = wahana.fetch(
            "registry", "SELECT topic, count(*) FROM outbox WHERE topic NOT LIKE '%.region.%' GROUP BY 1"
        )
        noted = wahana.fetch(
            "registry",
            "SELECT record_type, count(*) FROM audit_entry WHERE action IN ('registered', 'joined') GROUP BY 1",
        )
        made = {"institution": TINY.institutions, "membership": TINY.memberships}
        assert {kind: count for kind, count in noted} == made  # a record is no pair to a type checker
        assert {topic.split(".")[1]: count for topic, count in told} == made
        unknown = "SELECT FROM membership WHERE NOT EXISTS (SELECT FROM person WHERE person.id = person_id)"
        assert not wahana.fetch("registry", unknown)


def test_activities_that_are_listed_agree_with_their_sheets_and_with_who_is_known(stage: Stage) -> None:
    with installed(stage, "activities") as wahana:
        undertakings.fill(wahana)
        (made,) = wahana.fetch("activities", "SELECT count(*) AS activities, sum(named) AS named FROM activity")
        assert made["activities"] == TINY.activities
        assert made["named"] == pytest.approx(TINY.attendances, rel=0.2)
        for contradiction in CONTRADICTIONS:
            assert not wahana.fetch("activities", contradiction), contradiction


CONTRADICTIONS = (
    "SELECT FROM activity WHERE named <> (SELECT count(*) FROM attendance WHERE activity_id = activity.id)",
    "SELECT FROM activity WHERE named > (attended ->> 'total')::int OR (named > 0 AND (voided OR status <> 'selesai'))",
    "SELECT FROM activity WHERE held_until > current_date OR recorded_at > now() OR held_until > recorded_at::date",
    "SELECT FROM activity JOIN known_institution AS lead ON lead.id = lead_institution_id"
    " JOIN known_region AS seat ON seat.id = lead.village_id JOIN known_region AS place ON place.id = activity.village_id"
    " WHERE seat.area_code <> lead_village_code OR place.area_code <> village_code",
    "SELECT FROM attendance_sheet AS sheet JOIN activity ON activity.id = activity_id WHERE held_on <> held_until"
    " OR sheet.village_code <> activity.village_code OR organiser_ids <> activity.lead_institution_id || co_organiser_ids",
    "SELECT FROM attendance_sheet AS sheet, jsonb_array_elements(people) AS one WHERE NOT EXISTS (SELECT FROM attendance"
    " WHERE sheet_id = sheet.id AND attendance.activity_id = sheet.activity_id AND person_id = (one ->> 'person_id')::uuid)",
    "SELECT FROM attendance WHERE NOT EXISTS (SELECT FROM known_person WHERE known_person.id = person_id)",
)  # each gives the rows that say otherwise than the services would have written


def test_a_service_that_refuses_gives_no_figure(stage: Stage) -> None:
    with installed(stage, "registry") as wahana:
        wahana.start("registry")
        with pytest.raises(load.Refused, match="403"):
            wahana.load("registry", [load.request("POST", "/v1/institutions", stage.token("public"), {})])


def test_a_ratio_is_taken_round_by_round_and_judged_by_its_median() -> None:
    row = against("path", Measured.of([10, 30, 90]), Measured.of([100, 100, 100]), Goal(0.25, 0.5))
    assert row.ratio == Measured.of([0.1, 0.3, 0.9])
    assert row.goal is not None
    assert row.goal.verdict(row.judged) == "[yellow]at least reached[/yellow]"
    assert str(row.ratio) == "0.30 [0.10-0.90]"


def test_of_delays_the_smaller_is_the_better() -> None:
    goal = Goal(10, 5, most=True)
    assert [goal.verdict(value) for value in (4, 8, 11)] == [
        "[green]aim reached[/green]",
        "[yellow]at least reached[/yellow]",
        "[red]not reached[/red]",
    ]
