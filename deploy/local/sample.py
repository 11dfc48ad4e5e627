"""A small honest sample, entered through the HTTP API like anybody's data; every name says that it is an example.

Two villages of Kecamatan Cileunyi, three institutions taken through registration and verification by different people,
two activities reported after they were held (so they realise no plan), and one planned for next week; what else is told
stands in `sample_doings`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from deploy.local import sample_doings
from deploy.local.sample_doings import Entry

REGENCY, DISTRICT = "32.04", "32.04.05"
KULON, WETAN = "32.04.05.2001", "32.04.05.2003"


def _id(name: str) -> UUID:
    return UUID(sample_doings.id_of(name))


ARISAN, KUBE, KEMATIAN = _id("arisan"), _id("kube"), _id("kematian")
INSTITUTIONS: list[dict[str, Any]] = [
    {"id": str(ARISAN), "type": "ARS", "name": "Contoh: Arisan Mawar", "origin": "tumbuh", "village": KULON,
     "founded_on": "2016-05-01", "members": {"female": 24, "male": 2}},
    {"id": str(KUBE), "type": "KUBE", "name": "Contoh: KUBE Melati", "origin": "dibentuk", "village": KULON,
     "founded_on": "2019-02-11", "members": {"female": 6, "male": 4}},
    {"id": str(KEMATIAN), "type": "KMT", "name": "Contoh: Rukun Kematian Al-Ikhlas", "origin": "tumbuh",
     "village": WETAN, "founded_on": "2008-01-01", "members": {"unknown": 120}},
]  # fmt: skip


@dataclass
class _People:
    """Clients of the people who enter the sample: a maker and a checker are never the same."""

    mint: Callable[[str, str], str]
    address: str

    def ask(self, method: str, role: str, area: str, path: str, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.mint(role, area)}", **request.pop("headers", {})}
        return httpx.request(method, self.address + path, headers=headers, timeout=30, trust_env=False, **request)


def load(gateway_url: str, mint: Callable[[str, str], str]) -> str:
    """Enter the sample unless there are other institutions; returns one sentence on what was done.

    `mint(role, area)` gives an access token. Repeating is harmless, and goes on where an earlier run was stopped.
    """
    people = _People(mint, gateway_url)
    listed = people.ask("GET", "ministry", "ID", "/registry/v1/institutions", params={"limit": 10})
    found = {item["id"] for item in listed.raise_for_status().json()["items"]}
    if found - {body["id"] for body in INSTITUTIONS}:
        return "there are institutions already: nothing entered"
    now = datetime.now(UTC)
    position = ",".join(
        [
            *(_verified(people, body) for body in INSTITUTIONS),
            *filter(None, (_position(_entered(people, entry)) for entry in sample_doings.people(KULON, ARISAN))),
        ]
    )
    entered = sum(
        _entered(people, Entry("village-operator", body["village"], "/activities/v1/activities", body), position)
        .status_code == httpx.codes.CREATED
        for body in _activities(now)
    )  # fmt: skip
    held_on = (now - timedelta(days=7)).date()
    for entry in sample_doings.doings(KULON, ARISAN, _id("gotong royong"), held_on, now.date()):
        _entered(people, entry, position)
    counted = "in the numbers" if _counted(people, position, now.year) else "on their way to the numbers"
    return f"{len(INSTITUTIONS)} institutions and {entered} new activities, all named «Contoh: …», {counted}"


def _verified(people: _People, body: dict[str, Any]) -> str:
    """Takes one institution as far as verified; returns the position of its last write."""
    path, village = f"/registry/v1/institutions/{body['id']}", body["village"]
    people.ask(
        "POST", "village-operator", village, "/registry/v1/institutions",
        json={"legal_status": "tidak_berbadan_hukum", **body},
    )  # fmt: skip
    way = {
        "draf": ("village-operator", village, "submission"),
        "diajukan": ("district-facilitator", DISTRICT, "review"),
        "diperiksa_kecamatan": ("regency-officer", REGENCY, "verification"),
    }
    while True:
        answer = people.ask("GET", "regency-officer", REGENCY, path).raise_for_status()
        state = answer.json()["verification"]
        if state not in way:
            return answer.headers["Wahana-Position"]
        role, area, step = way[state]
        headers = {"If-Match": answer.headers["ETag"]}
        people.ask("POST", role, area, f"{path}/{step}", json={}, headers=headers).raise_for_status()


def _activities(now: datetime) -> list[dict[str, Any]]:
    last_week, next_week = (str((now + timedelta(days=days)).date()) for days in (-7, 7))
    return [
        {
            "id": str(_id("gotong royong")), "title": "Contoh: Gotong royong saluran air", "kind": "gotong_royong",
            "village": KULON, "lead_institution_id": str(ARISAN), "co_organiser_ids": [str(KUBE)],
            "completion": {"held_from": last_week, "held_until": last_week, "invited": {"total": 40},
                           "attended": {"total": 33, "by_sex": {"female": 18, "male": 15}},
                           "attendance": sample_doings.named()},
        },
        {
            "id": str(_id("sosialisasi")), "title": "Contoh: Sosialisasi WKSBM", "kind": "sosialisasi_wksbm",
            "strategy": "penyadaran", "village": WETAN, "lead_institution_id": str(KEMATIAN),
            "partners": ["Dinas Sosial Kabupaten Bandung"],
            "completion": {"held_from": last_week, "held_until": last_week, "attended": {"total": 25}},
        },
        {
            "id": str(_id("pelatihan")), "title": "Contoh: Pelatihan pembukuan kas", "kind": "pelatihan",
            "strategy": "pemberdayaan", "objective": "Pengurus dapat menyusun buku kas", "village": KULON,
            "target_group": {"members": True}, "lead_institution_id": str(KUBE),
            "plan": {"planned_from": next_week, "planned_until": next_week},
        },
    ]  # fmt: skip


def _counted(people: _People, position: str, year: int) -> bool:
    """Waits until the numbers contain the institutions: the first start has all regions of the country to apply first."""
    for _ in range(30):
        answer = people.ask(
            "GET", "regency-officer", REGENCY, f"/reporting/v1/profiles/{REGENCY}",
            params={"period": year, "at_least": position},
        )  # fmt: skip
        if answer.status_code == httpx.codes.OK:
            return True
        time.sleep(float(answer.headers.get("Retry-After", 1)))
    return False


def _entered(people: _People, entry: Entry, position: str | None = None) -> httpx.Response:
    """The answer, also if it is there already. Activities may still be on its way through the regions of the country: asked
    until it is not."""
    headers = {"Wahana-At-Least": position} if position else {}
    for _ in range(60):
        answer = people.ask("POST", entry.role, entry.area, entry.path, json=entry.body, headers=headers)
        if answer.status_code != httpx.codes.CONFLICT or "Retry-After" not in answer.headers:
            break
        time.sleep(float(answer.headers["Retry-After"]))
    if answer.status_code != httpx.codes.CONFLICT:
        answer.raise_for_status()
    return answer


def _position(answer: httpx.Response) -> str | None:
    """Where the record stands, if it is new."""
    found: str | None = answer.headers.get("Wahana-Position")
    return found
