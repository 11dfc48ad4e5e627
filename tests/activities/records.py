"""A record of each kind in one village, and every operation of activities' routes with a request that fits them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import uuid4

from fastapi import FastAPI

from services.activities.app import ROUTERS
from tests.activities.helping import Helping, by
from tests.activities.world import HERE, World
from tests.registry.world import Operation, example

BY_EVERYBODY = {"list_code_lists", "read_code_list", "list_audit_seals"}
"""Operations about what belongs to no area."""


@dataclass
class Records:
    """A record of each kind that lies here, was led, given and posted from here, and is told to nobody else.

    `ids` holds an id by collection, `names` what else addresses name.
    """

    helping: Helping
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def world(self) -> World:
        """Who and where."""
        return self.helping.world

    @classmethod
    async def made(cls, helping: Helping) -> Self:
        """Records them as the village's operator."""
        records, lead = cls(helping), by("institution", helping.world.lead)
        network = await helping.world.announcer.network(HERE)
        await helping.world.announcer.network_membership(network, helping.world.lead)
        await helping.world.announcer.arrived()
        programme = await records._posted("programmes", {"title": "Program kerja", "owner": lead, "year": 2026})
        held = await records._posted("activities", helping.world.held(programme_id=programme["id"]))
        people = [{"person_id": str(helping.elder), "role": "warga"}]
        await records._posted("attendance-sheets", {"activity_id": held["id"], "people": people})
        await records._posted("benefits", helping.benefit(activity_id=held["id"]))
        await records._posted("referrals", helping.referral())
        cash = {"source": "iuran", "form": "tunai", "value": 300_000, "received_on": "2026-03-01"}
        await records._posted("resources", cash | {"activity_id": held["id"]})
        rice = {"commodity": "beras", "unit": "kg", "direction": "masuk", "reason": "simpanan", "quantity": 10}
        stock = {"institution_id": str(helping.world.lead), "moved_on": "2026-02-10"}
        await records._posted("stock-entries", rice | stock)
        await records._posted("village-reports", {"village": HERE, "month": "2026-02", "nihil": True})
        recurring = {"title": "Arisan", "kind": "simpan_pinjam", "village": HERE, "rule": "FREQ=MONTHLY"}
        begins = {"lead_institution_id": str(helping.world.lead), "starts_on": "2026-03-20"}
        await records._posted("series", recurring | begins)
        records.names |= {
            "on": "2026-03-20",
            "sequence": "1",
            "answer_id": str(uuid4()),
            "endorsement_id": str(uuid4()),
        }
        told = {"poster": lead, "title": "Beras", "scope": "network", "network_id": str(network)}
        for noun in ("needs", "offers"):
            await records._posted(noun, told | {"kind": "barang", "text": "Sepuluh karung."})
        await records._posted("experiences", told | {"kind": "gotong_royong", "story": "Bergilir antar-RT."})
        return records

    async def _posted(self, collection: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.world.client().post(f"/v1/{collection}", json=body)
        assert answer.status_code == 201, (collection, answer.text)
        made: dict[str, Any] = answer.json()
        self.ids[collection] = made["id"]
        return made

    def operations(self) -> Iterator[Operation]:
        """Every operation about records, with an address and a body that fit them."""
        application = FastAPI(generate_unique_id_function=lambda route: route.name)
        for router in ROUTERS:
            application.include_router(router)
        document = application.openapi()
        for template, methods in document["paths"].items():
            for method, operation in methods.items():
                if operation["operationId"] in BY_EVERYBODY:
                    continue
                content = operation.get("requestBody", {}).get("content", {})
                media = next(iter(content), None)
                body = None if media is None else example(content[media]["schema"], document)
                paged = any(parameter["name"] == "cursor" for parameter in operation.get("parameters", []))
                yield Operation(
                    operation["operationId"], method.upper(), template, self._filled(template), body, media, paged
                )

    def _filled(self, template: str) -> str:
        collection = template.split("/")[2]
        own = {"id": self.ids[collection]} if "{id}" in template else {}
        return template.format(**self.names, **own)
