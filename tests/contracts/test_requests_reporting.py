"""Reporting answers whatever is asked as its document says; who has no token, or one that says nothing, is told so."""

import pytest

from services.reporting import waiting
from tests.contracts import requests
from tests.house import House
from tests.test_journeys import verified_institution


async def test_reporting_answers_as_its_document_says(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # Most of what is made up names positions that never come, and each would be waited for.
    monkeypatch.setattr(waiting, "WAIT", 0.05)
    await verified_institution(house, "Arisan Mawar", "ARS")
    await house.caught_up()
    await requests.told(house, "reporting", house.issuer.mint(["regency-officer", "ministry"], "ID", sub="penguji"))
    few = ("--phases", "fuzzing", "-n", "1")
    await requests.told(house, "reporting", None, amount=few)
    await requests.told(house, "reporting", "kosong", amount=few)
