"""What an explanation lists, page by page."""

from typing import Any
from uuid import UUID

from tests.reporting.publishing import Desk, Village


async def records(desk: Desk, indicator: str, region: str, period: str, **parameters: Any) -> list[dict[str, Any]]:
    """All records of an explanation, page by page, as who may read people and benefits everywhere is told."""
    client = desk.client("integration")
    found: list[dict[str, Any]] = []
    path, query = f"/v1/indicators/{indicator}/explanation", {"region": region, "period": period, **parameters}
    cursor: str | None = None
    while True:
        response = await client.get(path, params={**query, **({"cursor": cursor} if cursor else {})})
        assert response.status_code == 200, response.text
        answer = response.json()
        found += answer["items"]
        cursor = answer["next"]
        if cursor is None:
            return found


async def whys(desk: Desk, indicator: str, village: Village, period: str, **parameters: Any) -> dict[UUID, str]:
    """The English reason of each record, by id."""
    found = await records(desk, indicator, village.code, period, **parameters)
    return {UUID(item["id"]): item["why"]["en"] for item in found}
