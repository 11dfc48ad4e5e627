"""Definitions are public, complete, in both languages, and name the measures they are made of."""

import httpx
import pytest

from services.reporting.measures import VERSION
from tests.reporting.publishing import Desk

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODES = [
    "PRT-01", "PRT-02", "PRT-03", "SOL-01", "SOL-02", "SOL-03", "SOL-04", "LEM-01", "LEM-02", "LEM-03", "LEM-04", "SAR-01",
    "TRH-01", "TRH-02", "TPD-01", "KSB-01", "KSB-02", "BUD-01", "STR-01", "STR-02",
]  # fmt: skip


async def test_anybody_reads_every_definition_without_a_token(desk: Desk) -> None:
    async with httpx.AsyncClient(base_url=desk.house.url("reporting"), trust_env=False) as stranger:
        answer = await stranger.get("/v1/indicators")
        assert answer.status_code == 200
        assert [item["code"] for item in answer.json()["items"]] == CODES
        one = await stranger.get("/v1/indicators/prt-02")
        assert one.json() == answer.json()["items"][1]
        versions = (await stranger.get("/v1/indicators/PRT-02/versions")).json()["items"]
        assert [each["version"] for each in versions] == [1, 2]
        assert versions[-1] == one.json()
        assert versions[0]["definition"] != versions[1]["definition"]


async def test_a_definition_says_everything_in_both_languages(desk: Desk) -> None:
    for item in (await desk.get("/v1/indicators"))["items"]:
        texts = [value for value in item.values() if isinstance(value, dict)] + item["notes"]
        assert len(texts) >= 14
        for text in texts:
            assert text["id"] != text["en"], text
            assert min(len(text["id"]), len(text["en"])) >= 4, text


async def test_a_definition_tells_its_formula_by_measures(desk: Desk) -> None:
    item = await desk.get("/v1/indicators/TRH-02")
    assert item["formula"] == f"100 × activity.realised_{{period}}@{VERSION} ÷ activity.planned_{{period}}@{VERSION}"
    assert item["measures"] == [f"activity.{side}_{{period}}@{VERSION}" for side in ("realised", "planned")]
    assert item["dimensions"] == ["kind"]


async def test_a_definition_tells_what_stands_beside_its_values_and_what_counts_for_more_than_one(desk: Desk) -> None:
    item = await desk.get("/v1/indicators/LEM-04")
    share, coverage = item["companions"]
    assert (share["name"], coverage["name"]) == ("assessed_share", "coverage")
    assert share["formula"] == f"100 × institution.assessed@{VERSION} ÷ institution.active@{VERSION}"
    item = await desk.get("/v1/indicators/LEM-03")
    assert item["companions"] == [coverage]
    assert coverage["formula"] == f"100 × village.accepted_{{period}}@{VERSION} ÷ village.villages@{VERSION}"
    assert item["formula"] == f"100 × institution.fulfilled@{VERSION} ÷ (4 × institution.active@{VERSION})"


async def test_an_unknown_indicator_is_told_which_there_are(desk: Desk) -> None:
    answer = await desk.client().get("/v1/indicators/XYZ-99/values", params={"region": "ID", "period": "2026"})
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:wahana:problem:indicator-unknown"
    (fault,) = answer.json()["errors"]
    assert fault["parameter"] == "code"
    assert all(code in fault["remedy"] for code in CODES)
