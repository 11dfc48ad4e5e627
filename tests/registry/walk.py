"""A history of writes over all kinds of records, drawn by a seed: what people may send, in any order, right or wrong."""

import random
from collections import Counter
from collections.abc import Callable, Sequence, Set
from datetime import date, timedelta
from typing import Any

import httpx

from tests.house import House
from tests.registry.institutions import REGENCY, VILLAGE, VILLAGE_NEXT, VILLAGE_OVER, registration

FIRST, LATE, TODAY = date(2020, 1, 1), date(2025, 3, 1), date(2026, 3, 15)
WHY = {"reason": "Berita acara musyawarah"}
VILLAGES = (VILLAGE, VILLAGE_NEXT, VILLAGE_OVER)


class Walk:
    """Requests drawn at random. `accepted` counts those that were, by what they did; every other is refused with a 4xx."""

    def __init__(self, house: House, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  # a history, no secret
        self.actors = [
            *(house.client("registry", "regency-officer", REGENCY, sub=f"petugas-{n}") for n in range(5)),
            house.client("registry", "village-operator", VILLAGE, sub="operator"),
        ]
        self.known: dict[str, list[str]] = {}
        self.accepted: Counter[str] = Counter()

    async def begin(self) -> None:
        """People and a few of each record, by whom most is allowed: a history of mere refusals would show nothing."""
        for _ in range(6):
            await self.post("people", {"name": "Warga Uji", "nik_absence": "belum_punya", "sex": self.rng.choice("LP"),
                                       "birth_date": "1980-05-01", "village": self.rng.choice(VILLAGES)}, self.actors[0])  # fmt: skip
        for number in range(7):
            institution = await self.post("institutions", self.institution(), self.actors[0])
            for actor, step in enumerate(("submission", "review", "verification")[: 3 * (number < 5)]):
                await self._send(
                    f"institutions.{step}", "POST", f"institutions/{institution}/{step}", {}, self.actors[actor]
                )
        for _ in range(4):
            await self._network_at_work()
            await self.post("partners", self.partner(), self.actors[0])

    async def _network_at_work(self) -> None:
        by, other = self.actors[0], self.actors[4]
        network = await self.post("networks", self.network(), by)
        for institution in self.known["institutions"][:2]:
            joined = {"network_id": network, "institution_id": institution, "joined_on": "2021-01-01"}
            await self.post("network-memberships", joined, by)
        for role, person in zip(("ketua", "sekretaris"), self.known["people"], strict=False):
            term = {"network_id": network, "person_id": person, "role": role, "since": "2021-01-01"}
            await self.post("network-officers", term, by)
        for step, body, actor in (
            ("formation", {"on": "2022-01-01"}, by),
            ("legalisation", {"number": "7/SK", "on": "2023-01-01"}, other),
            ("activation", {"on": "2023-02-01"}, by),
        ):
            await self._send(f"networks.{step}", "POST", f"networks/{network}/{step}", body, actor)

    async def go(self, steps: int, actions: Sequence["Action"], done: Set[str]) -> None:
        """So many requests more; and then, within three times as many, until something of each of `done` was accepted."""
        for taken in range(4 * steps):
            if taken >= steps and done <= self.accepted.keys():
                return
            await self._one(self.rng.choice(actions))

    async def _one(self, action: "Action") -> None:
        wanted = action(self)
        if wanted is not None:
            name, method, address, body = wanted
            await self._send(name, method, address, body, self.rng.choice(self.actors))

    async def post(self, collection: str, body: dict[str, Any], by: httpx.AsyncClient) -> str:
        """The id of a new record."""
        await self._send(collection, "POST", collection, body, by)
        return self.known[collection][-1]

    async def _send(self, name: str, method: str, address: str, body: Any, by: httpx.AsyncClient) -> None:
        media = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = {"If-Match": "*", "Content-Type": media}
        answer = await by.request(method, f"/v1/{address}", json=body, headers=headers)
        assert answer.status_code < 500, (name, body, answer.text)
        if answer.is_success:
            self.accepted[name] += 1
            made = answer.json()
            if answer.status_code == 201 and "id" in made:
                self.known.setdefault(address, []).append(made["id"])
            if answer.status_code == 202:
                self.known.setdefault("change-requests", []).append(made["id"])

    def any(self, collection: str) -> str | None:
        """A known record of a collection, mostly one of the first: so that much happens to one."""
        known = self.known.get(collection)
        return self.rng.choice(known if self.chance() else known[:3]) if known else None

    def day(self, earliest: date = FIRST) -> str:
        """A day up to today, sometimes the day after."""
        return (earliest + timedelta(days=self.rng.randrange((TODAY - earliest).days + 2))).isoformat()

    def late(self) -> str:
        """A day of the last year, mostly after all that came before."""
        return self.day(LATE)

    def chance(self, of: int = 2) -> bool:
        """Once in so many times."""
        return self.rng.randrange(of) == 0

    def institution(self) -> dict[str, Any]:
        """A registration in one of the villages."""
        type = self.rng.choice(("ARS", "KUBE", "OSN"))
        name = f"Lembaga {self.rng.randrange(1000)}"
        return registration(type=type, name=name, village=self.rng.choice(VILLAGES), active_from=FIRST.isoformat())

    def network(self) -> dict[str, Any]:
        """A network that works in all villages."""
        territory = [{"village": village} for village in VILLAGES]
        return {"name": f"WKSBM {self.rng.randrange(1000)}", "territory": territory, "initiated_on": FIRST.isoformat()}

    def partner(self) -> dict[str, Any]:
        """A partner of any kind."""
        kind = self.rng.choice(("dunia_usaha", "perorangan", "pemda"))
        return {
            "kind": kind,
            "name": f"Mitra {self.rng.randrange(1000)}",
            "region": self.rng.choice((REGENCY, *VILLAGES)),
        }


Action = Callable[[Walk], tuple[str, str, str, Any] | None]
"""What is asked for, as a name, a method, an address and a body; None if there is nothing to ask it of."""
