"""What the users of a load know before they begin: villages, verified institutions, people, and tokens of who acts there.

Everything is entered through the HTTP APIs, by the people who may; the plan is a JSON file that Locust's process reads.
"""

import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.bench.installation import Installation

SERVICES = ("registry", "activities", "reporting")


@dataclass(frozen=True, slots=True)
class Village:
    """One village at work, and the tokens of those who are concerned with it."""

    code: str
    institutions: list[str]
    """Ids of verified ones."""
    people: list[str]
    operator: str
    facilitator: str
    officer: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the services answer, and who may do what."""

    urls: dict[str, str]
    villages: list[Village]
    regency: str
    province_token: str

    def write(self, file: Path) -> None:
        """As JSON."""
        file.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, file: Path) -> "Plan":
        """What `write` wrote."""
        found = json.loads(file.read_text())
        return cls(**{**found, "villages": [Village(**one) for one in found["villages"]]})


def made(wahana: Installation, villages: int, seed: int = 1) -> Plan:
    """Enters two verified institutions and six people in each of so many villages. Raises httpx.HTTPStatusError."""
    chance = random.Random(seed)  # noqa: S311  # made-up data
    codes = chance.sample(sorted(code for code, _ in wahana.stage.villages()), villages)
    urls = {service: f"http://127.0.0.1:{wahana.port(service)}" for service in SERVICES}
    with httpx.Client(base_url=urls["registry"], timeout=60, trust_env=False) as client:
        entered = [_village(wahana, client, code) for code in codes]
    return Plan(urls, entered, codes[0][:5], wahana.stage.token("province-officer", codes[0][:2]))


def _village(wahana: Installation, client: httpx.Client, code: str) -> Village:
    # A token is a person: each village has its own, or one person would be everybody.
    issued = wahana.stage.issuer.mint
    operator = issued("village-operator", code, sub=f"operator-{code}")
    facilitator = issued("district-facilitator", code[:8], sub=f"tksk-{code}")
    officer = issued("regency-officer", code[:5], sub=f"dinsos-{code}")
    tokens = (operator, facilitator, officer)
    institutions = [_institution(client, code, kind, tokens) for kind in ("ARS", "KUBE")]
    people = [
        _sent(client, operator, "/v1/people", {
            "name": f"Contoh {number}", "nik_absence": "tidak_dicatat", "sex": "PL"[number % 2], "birth_year": 1960 + number,
            "birth_year_source": "pengakuan", "village": code,
        }).json()["id"]
        for number in range(6)
    ]  # fmt: skip
    return Village(code, institutions, people, operator, facilitator, officer)


def institution(village: str, kind: str, name: str) -> dict[str, Any]:
    """What an operator enters of an institution."""
    return {
        "type": kind, "name": name, "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum", "village": village,
        "active_from": "2020-01-01", "members": {"female": 12, "male": 8},
    }  # fmt: skip


def _institution(client: httpx.Client, village: str, kind: str, tokens: tuple[str, str, str]) -> str:
    operator, facilitator, officer = tokens
    answer = _sent(client, operator, "/v1/institutions", institution(village, kind, f"Contoh {kind} {village}"))
    identity: str = answer.json()["id"]
    for token, step in ((operator, "submission"), (facilitator, "review"), (officer, "verification")):
        answer = _sent(client, token, f"/v1/institutions/{identity}/{step}", {}, **{"If-Match": answer.headers["ETag"]})
    return identity


def _sent(client: httpx.Client, token: str, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    answer = client.post(path, json=body, headers={"Authorization": f"Bearer {token}", **headers})
    if answer.is_error:
        raise httpx.HTTPStatusError(f"{path}: {answer.text}", request=answer.request, response=answer)
    return answer
