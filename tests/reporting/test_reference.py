"""Reference data: told one by one and many at once, in revisions, within areas; looked up; untouched by a rebuild."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from services.reporting import cli
from services.reporting.indicators import values
from services.reporting.indicators.catalogue import sol_03, terms
from services.reporting.indicators.queries import Asked, read
from services.reporting.models import SCHEMA
from services.reporting.periods import Period
from services.reporting.places import Tree
from services.reporting.reference import files, lookups
from services.reporting.regions import Place
from shared import database
from shared.codes import ActivityKind, BeneficiaryUnit, PpksKind
from tests.reporting.publishing import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

SOURCE = "Dinas Dukcapil, semester II"


def people(region: str, year: int, amount: int, **more: Any) -> dict[str, Any]:
    return {"region": region, "year": year, "people": amount, "source": SOURCE, **more}


def ppks(region: str, year: int, amount: int, **more: Any) -> dict[str, Any]:
    return {"region": region, "year": year, "unit": "perorangan", "count": amount, "source": "Dinas Sosial", **more}


async def told(desk: Desk, path: str, body: dict[str, Any], status: int = 201) -> Any:
    answer = await desk.client().post(path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_correction_takes_the_place_of_a_population_and_the_old_one_stays_readable(desk: Desk) -> None:
    village = await desk.village()
    first = await told(desk, "/v1/populations", people(village.code, 2024, 1200))
    again = await told(desk, "/v1/populations", people(village.code, 2024, 1200), 200)
    assert again["id"] == first["id"]
    second = await told(desk, "/v1/populations", people(village.code, 2024, 1210, reason="Salah ketik."))
    assert (first["revision"], first["current"], second["revision"], second["current"]) == (1, True, 2, True)
    assert first["recorded_at"].startswith("2026-03-15T12:00:00")
    assert first["recorded_by"]
    old = await desk.get(f"/v1/populations/{first['id']}")
    assert (old["people"], old["current"]) == (1200, False)
    history = (await desk.get(f"/v1/populations/{second['id']}/history"))["items"]
    assert [(item["people"], item["reason"]) for item in history] == [(1200, None), (1210, "Salah ketik.")]
    listed = (await desk.get("/v1/populations", region=village.code, year=2024, count=True))["items"]
    assert [item["people"] for item in listed] == [1210]
    everything = (await desk.get("/v1/populations", region=village.code, history=True))["items"]
    assert [item["people"] for item in everything] == [1200, 1210]


async def test_a_baseline_is_frozen_for_its_year_unless_there_is_a_reason(desk: Desk) -> None:
    village = await desk.village()
    first = await told(desk, "/v1/ppks-baselines", ppks(village.code, 2026, 40, kind="LUT"))
    refused = await told(desk, "/v1/ppks-baselines", ppks(village.code, 2026, 44, kind="LUT"), 409)
    assert refused["type"].endswith("baseline-frozen")
    assert refused["errors"][0]["pointer"] == "/reason"
    more = ppks(village.code, 2026, 44, kind="LUT", reason="Hasil verifikasi ulang.")
    assert (await told(desk, "/v1/ppks-baselines", more))["revision"] == 2
    assert (await desk.get(f"/v1/ppks-baselines/{first['id']}"))["count"] == 40
    others = [ppks(village.code, 2026, 90), ppks(village.code, 2026, 9, kind="LUT", unit="keluarga"),
              ppks(village.code, 2025, 38, kind="LUT")]  # fmt: skip
    for other in others:
        assert (await told(desk, "/v1/ppks-baselines", other))["revision"] == 1, "of another kind, unit or year"
    listed = await desk.get("/v1/ppks-baselines", region=village.code, kind="LUT", unit="perorangan")
    assert [(item["year"], item["count"]) for item in listed["items"]] == [(2025, 38), (2026, 44)]


async def test_what_is_wrong_with_one_row_is_named_and_nothing_is_stored(desk: Desk) -> None:
    village = await desk.village()
    wrong = {
        "/people": people(village.code, 2024, -1), "/year": people(village.code, 2026, 1, month=3),
        "/month": people(village.code, 2024, 1, month=13), "/region": people("32.04.05.2998", 2024, 1),
        "/source": people(village.code, 2024, 1) | {"source": " "}, "/more": people(village.code, 2024, 1, more=1),
    }  # fmt: skip
    for pointer, body in wrong.items():
        document = await told(desk, "/v1/populations", body, 422)
        assert [fault["pointer"] for fault in document["errors"]] == [pointer]
    assert (await desk.get("/v1/populations", region=village.code))["items"] == []
    document = await told(desk, "/v1/ppks-baselines", ppks(village.code, 2027, 1), 422)
    assert document["errors"][0]["code"] == "in-the-future"


async def test_of_many_rows_each_has_its_fate(desk: Desk) -> None:
    one, other = await desk.village(), await desk.village()
    rows = [
        people(one.code, 2024, 10), people("32.4", 2024, 5), people(other.code, 2024, 20),
        people(one.code, 2024, 10), people(one.code, 2024, 11), {"region": other.code},
    ]  # fmt: skip
    answer = await desk.client().post(
        "/v1/populations/loads", json={"rows": rows}, headers={"Accept-Language": "en", "Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 200
    found = answer.json()
    assert [row["fate"] for row in found["rows"]] == [
        "created", "rejected", "created", "unchanged", "changed", "rejected",
    ]  # fmt: skip
    assert [found[fate] for fate in ("created", "changed", "unchanged", "rejected")] == [2, 1, 1, 2]
    assert found["rows"][1]["errors"][0]["pointer"] == "/region"
    assert "as text" in found["rows"][1]["errors"][0]["remedy"]
    assert {fault["pointer"] for fault in found["rows"][5]["errors"]} == {"/year", "/people", "/source"}


async def test_revisions_told_at_once_are_numbered_one_after_the_other(desk: Desk) -> None:
    village = await desk.village()
    bodies = [people(village.code, 2024, amount) for amount in range(100, 108)]
    answers = await asyncio.gather(*(desk.client().post("/v1/populations", json=body) for body in bodies))
    assert {answer.status_code for answer in answers} == {201}
    history = (await desk.get(f"/v1/populations/{answers[0].json()['id']}/history"))["items"]
    assert [item["revision"] for item in history] == list(range(1, 9))
    assert [item["current"] for item in history] == [False] * 7 + [True]


async def test_who_keeps_reference_data_keeps_those_of_the_own_area(desk: Desk) -> None:
    here, there = await desk.village(), await desk.village("94.01.01")
    officer = desk.client("regency-officer", "94.01")
    assert (await officer.post("/v1/populations", json=people(there.code, 2024, 7))).status_code == 201
    stranger = await told(desk, "/v1/populations", people(here.code, 2024, 7))
    outside = await officer.post("/v1/populations", json=people(here.code, 2024, 8))
    assert (outside.status_code, outside.json()["errors"][0]["code"]) == (422, "region-unknown")
    for path in ("", "/history"):
        assert (await officer.get(f"/v1/populations/{stranger['id']}{path}")).status_code == 404
    assert (await officer.get("/v1/populations", params={"region": here.code})).status_code == 404
    listed = (await officer.get("/v1/populations", params={"limit": 200})).json()["items"]
    assert {item["region"]["code"][:5] for item in listed} == {"94.01"}
    for role in ("village-operator", "district-facilitator", "integration", "public", "institution-operator"):
        answer = await desk.client(role, there.code).post("/v1/populations", json=people(there.code, 2024, 9))
        assert answer.status_code == 403, role


async def test_the_latest_population_not_after_a_period_is_looked_up(desk: Desk) -> None:
    village = await desk.village()
    for body in (
        people(village.code, 2023, 100),
        people(village.code, 2024, 110, month=6),
        people(village.code, 2024, 120),
    ):
        await told(desk, "/v1/populations", body)
    await told(desk, "/v1/populations", people(village.code, 2024, 121))
    periods = [Period.parse(text) for text in ("2023-11", "2023-12", "2024-06", "2024-Q2", "2024-S1", "2024", "2025")]
    async with _session(desk) as session:
        key = await _key(desk, village.code)
        found = await lookups.population(session, [key], periods)
    assert [found[key, number].amount if (key, number) in found else None for number in range(len(periods))] == [
        None, 100, 110, 110, 110, 121, 121,
    ]  # fmt: skip


async def test_a_baseline_is_that_of_the_periods_year_kind_and_unit(desk: Desk) -> None:
    village = await desk.village()
    for body in (ppks(village.code, 2025, 80), ppks(village.code, 2025, 30, kind="LUT"),
                 ppks(village.code, 2025, 12, unit="keluarga")):  # fmt: skip
        await told(desk, "/v1/ppks-baselines", body)
    periods = [Period.parse(text) for text in ("2024", "2025-01", "2025-Q4", "2026-01")]
    async with _session(desk) as session:
        key = await _key(desk, village.code)

        async def amounts(*asked: Any) -> list[int | None]:
            found = await lookups.baseline(session, [key], periods, *asked)
            return [found[key, number].amount if (key, number) in found else None for number in range(len(periods))]

        assert await amounts() == [None, 80, 80, None]
        assert await amounts(PpksKind.LUT) == [None, 30, 30, None]
        assert await amounts(None, BeneficiaryUnit.KELUARGA) == [None, 12, 12, None]
        assert await amounts(PpksKind.PD) == [None] * 4


async def test_a_value_without_its_reference_tells_its_numerator(desk: Desk) -> None:
    village = await desk.village()
    await desk.publish(village.activity(date(2026, 2, 10), kind=ActivityKind.GOTONG_ROYONG))
    definition = replace(sol_03.DEFINITION, denominator=terms.POPULATION, counts_places=False, multiplier=100)

    async def of() -> values.Result:
        async with _session(desk) as session:
            place = Place(await _key(desk, village.code), village.code, "", "village", "Asia/Jakarta", None)
            numbers = await read(session, [definition], Asked.about([place], [Period.parse("2026-02")], Tree.AS_WAS))
            return values.told(definition, place, numbers, 0, datetime(2026, 3, 15, tzinfo=UTC))[0]

    missing = await of()
    assert (missing.numerator, missing.denominator, missing.reason) == (1, None, values.Reason.REFERENCE_MISSING)
    await told(desk, "/v1/populations", people(village.code, 2024, 2000))
    found = await of()
    assert (found.numerator, found.denominator, found.value, found.reason) == (1, 2000, 0.05, None)


async def test_the_shipped_population_adds_up_from_regencies_to_the_nation() -> None:
    found = files.read(files.SHIPPED)
    amounts = {row["region"]: row["people"] for row in found.rows}
    assert len(amounts) == 1 + 38 + 514
    for code, amount in amounts.items():
        depth = 0 if code == "ID" else code.count(".") + 1
        below = [
            other for other in amounts
            if other != "ID" and other.count(".") == depth and (code == "ID" or other.startswith(f"{code}."))
        ]  # fmt: skip
        assert not below or sum(amounts[other] for other in below) == amount, code


@pytest.fixture
def loaded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name, value in desk.house.environment("reporting").items():
        monkeypatch.setenv(name, value)
    return CliRunner()


async def test_a_file_is_loaded_and_the_bad_rows_are_named_by_line(
    desk: Desk, loaded: CliRunner, tmp_path: Path
) -> None:
    village = await desk.village()
    file = tmp_path / "penduduk.csv"
    file.write_text(
        f"region;year;people;source\n{village.code};2023;900;{SOURCE}\n32.4;2023;5;{SOURCE}\n{village.code};2023;sembilan;x\n"
    )
    result = await asyncio.to_thread(loaded.invoke, cli.app, ["reference", "load", str(file)])
    assert result.exit_code == 1
    assert "1 created, 0 changed, 0 unchanged, 2 rejected" in result.output
    assert [item["people"] for item in (await desk.get("/v1/populations", region=village.code))["items"]] == [900]
    file.write_text(f'region,year,people,source\n{village.code},2023,900,"{SOURCE}"\n')
    result = await asyncio.to_thread(loaded.invoke, cli.app, ["reference", "load", str(file)])
    assert (result.exit_code, "1 unchanged" in result.output) == (0, True)
    file.write_text("kode,penduduk\n32,1\n")
    result = await asyncio.to_thread(loaded.invoke, cli.app, ["reference", "load", str(file)])
    assert result.exit_code == 2
    assert "people" in result.output


@asynccontextmanager
async def _session(desk: Desk) -> AsyncIterator[AsyncSession]:
    engine = database.open_engine(desk.house.settings("reporting"), pool_size=1, schema=SCHEMA)
    async with database.transaction(database.sessions(engine)) as session:
        yield session
    await engine.dispose()


async def _key(desk: Desk, code: str) -> int:
    (row,) = await desk.house.fetch("reporting", "SELECT key FROM region WHERE code = $1", code)
    return int(row["key"])
