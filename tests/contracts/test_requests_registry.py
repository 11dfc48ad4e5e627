"""Registry answers whatever is asked as its document says."""

from deploy.local.issuer import Issuer
from deploy.local.servers import Servers
from tests.attacks import stages
from tests.contracts import requests


async def test_registry_answers_as_its_document_says(
    servers: Servers, templates: dict[str, str], issuer: Issuer
) -> None:
    async with stages.registry(servers, templates, issuer) as stage:
        await stage.add()
        token = issuer.mint(["village-operator", "regency-officer", "ministry"], "ID", sub="penguji")
        await requests.told(stage.house, "registry", token, stage.operations())
