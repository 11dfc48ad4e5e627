"""Somebody who follows a service's change feed by its cursor, as a province does."""

from dataclasses import dataclass, field
from typing import Any

from tests.house import House


@dataclass
class Follower:
    """What a follower knows: the newest state of each subject, and up to where it has read."""

    house: House
    service: str
    after: int = 0
    known: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)

    async def follow(self) -> None:
        """Reads on until nothing comes any more."""
        # Whose token sees all of the feed: the ministry's, with the events about people and help.
        client = self.house.client(self.service, "integration", "ID")
        while True:
            answer = await client.get("/v1/events", params={"after": self.after, "limit": 200})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for event in page["items"]:
                assert event["position"] > self.after
                self.after = event["position"]
                self.types.append(event["type"])
                if self.known.get(event["subject"], (0, {}))[0] < event["sequence"]:
                    self.known[event["subject"]] = event["sequence"], event["data"]
            if not page["items"]:
                return
            self.after = max(self.after, page["next"])
