"""What tests about region changes share: two people of the ministry, and changes that are proposed and applied."""

from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import record

REGIONS = "region-changes"
SPLIT: list[dict[str, Any]] = [
    {
        "kind": "split", "region": "32.04.05", "into": [{"code": "32.04.47", "name": "Cileunyi Barat"}],
        "rights_follow": ["32.04.47"],
    },
    {"kind": "transfer", "region": "32.04.05.2002", "parent": "32.04.47", "code": "32.04.47.2001"},
]  # fmt: skip
"""A district split: its village 2002 moves into the new district and is recoded."""


def decree(*operations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A valid proposal of these operations."""
    return {
        "decree": "Kepmendagri 300.2.2-9999/2026",
        "decreed_on": "2026-02-02",
        "effective_on": "2026-03-01",
        "operations": list(operations),
    } | changes


class Ministry:
    """Two people who may change regions: who proposes does not apply."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.proposer = house.client("registry", "ministry", "ID", sub="ministry-1")
        self.other = house.client("registry", "ministry", "ID", sub="ministry-2")

    async def proposed(self, *operations: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A change that waits to be applied."""
        answer = await self.proposer.post(f"/v1/{REGIONS}", json=decree(*operations, **changes))
        return record(answer, 201)

    async def applied(self, *operations: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A change that was applied."""
        proposed = await self.proposed(*operations, **changes)
        return record(await self.apply(proposed))

    async def apply(self, change: dict[str, Any], client: httpx.AsyncClient | None = None) -> httpx.Response:
        """The answer to an application, by the other person unless another is named."""
        headers = {"If-Match": f'"{change["sequence"]}"'}
        return await (client or self.other).post(f"/v1/{REGIONS}/{change['id']}/application", headers=headers)
