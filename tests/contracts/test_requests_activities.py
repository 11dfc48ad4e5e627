"""Activities answers whatever is asked as its document says."""

import pytest

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from services.activities.known import arrival
from tests.attacks import stages
from tests.contracts import requests


async def test_activities_answers_as_its_document_says(
    servers: Servers, templates: dict[str, str], issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Most of what is made up names positions that never come, and each would be waited for.
    monkeypatch.setattr(arrival, "WAIT", 0.05)
    async with stages.activities(servers, templates, issuer) as stage:
        await stage.add()
        token = issuer.mint(["village-operator", "regency-officer", "ministry"], "ID", sub="penguji")
        await requests.told(stage.house, "activities", token, stage.operations())
