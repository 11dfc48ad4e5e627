"""Who uses Wahana, and how: the locustfile. `WAHANA_LOAD_PLAN` names the plan, `WAHANA_LOAD_RATE` each user's requests per
second (0: as fast as answers come).

A village's operator records what happened and looks at the village; the sub-district's facilitator reads the work that
waits; the regency's officer and the province read numbers, lists and the feed. Any answer but the expected is a failure.
"""

import os
import random
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, constant_throughput, task

from deploy.load.plan import Plan, institution

PLAN = Plan.read(Path(os.environ["WAHANA_LOAD_PLAN"]))
RATE = float(os.environ.get("WAHANA_LOAD_RATE", "0"))


class _User(FastHttpUser):
    abstract = True
    wait_time = constant_throughput(RATE) if RATE else between(0, 0)
    host = "http://127.0.0.1"
    network_timeout = connection_timeout = 60.0

    def on_start(self) -> None:
        """Chooses where this user works."""
        self.chance = random.Random()  # noqa: S311  # made-up data
        self.village = self.chance.choice(PLAN.villages)

    def ask(
        self,
        method: str,
        service: str,
        path: str,
        token: str,
        name: str,
        expected: tuple[int, ...] = (200,),
        **more: Any,
    ) -> Any:
        """The answer, or None when it was none of the expected, which Locust notes as a failure."""
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        with self.client.request(
            method, PLAN.urls[service] + path, name=f"{service} {name}", headers=headers, catch_response=True, **more
        ) as answer:
            if answer.status_code in expected:
                answer.success()
                return answer
            answer.failure(f"{answer.status_code} {(answer.text or '')[:200]}")
            return None

    def recent(self) -> str:
        """A day of the last month."""
        return str((datetime.now(UTC) - timedelta(days=self.chance.randrange(1, 28))).date())


class Operator(_User):
    """Records what a village does."""

    weight = 6

    def write(self, service: str, path: str, body: dict[str, Any], name: str) -> Any:
        """A POST with a key of its own."""
        return self.ask(
            "POST", service, path, self.village.operator, name, (201,), json=body,
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )  # fmt: skip

    def activity(self, **completion: Any) -> dict[str, Any]:
        """One that was held, whole."""
        day = self.recent()
        return {
            "title": "Kerja bakti", "kind": self.chance.choice(("gotong_royong", "penyadaran", "musyawarah")),
            "village": self.village.code, "lead_institution_id": self.chance.choice(self.village.institutions),
            "completion": {"held_from": day, "held_until": day, **completion},
        }  # fmt: skip

    @task(4)
    def records_an_activity_by_headcount(self) -> None:
        """The most frequent write; then its own number, waiting for it."""
        body = self.activity(invited={"total": 40}, attended={"total": self.chance.randrange(5, 40)})
        answer = self.write("activities", "/v1/activities", body, "POST activity")
        if answer and self.chance.random() < 0.3:
            period, position = body["completion"]["held_from"][:7], answer.headers["Wahana-Position"]
            self.ask(
                "GET", "reporting",
                f"/v1/indicators/SOL-03/values?region={self.village.code}&period={period}&at_least={position}",
                self.village.operator, "GET own number, waited for", (200, 202),
            )  # fmt: skip

    @task(3)
    def records_who_came(self) -> None:
        """An activity with six named people."""
        people = [{"person_id": one, "role": "anggota"} for one in self.village.people]
        self.write(
            "activities", "/v1/activities", self.activity(attendance={"people": people}), "POST activity with people"
        )

    @task(2)
    def records_money(self) -> None:
        """A contribution of members."""
        receiver = {"organisation": "institution", "id": self.chance.choice(self.village.institutions)}
        body = {
            "receiver": receiver, "source": "iuran", "form": "tunai", "value": self.chance.randrange(10, 500) * 1000,
            "received_on": self.recent(),
        }  # fmt: skip
        self.write("activities", "/v1/resources", body, "POST resource")

    @task(2)
    def sends_what_was_captured_offline(self) -> None:
        """A batch of twenty activities."""
        operations = [
            {
                "client_id": str(uuid.uuid4()),
                "operation": "record_activity",
                "body": self.activity(attended={"total": 9}),
            }
            for _ in range(20)
        ]
        self.ask(
            "POST", "activities", "/v1/batches", self.village.operator, "POST batch of 20", (200, 201),
            json={"operations": operations},
        )  # fmt: skip

    @task(1)
    def registers_an_institution(self) -> None:
        """A draft."""
        body = institution(self.village.code, "SNM", f"Contoh sinoman {uuid.uuid4().hex[:6]}")
        self.write("registry", "/v1/institutions", body, "POST institution")

    @task(3)
    def looks_at_the_village(self) -> None:
        """Lists of both services."""
        token = self.village.operator
        self.ask("GET", "registry", "/v1/institutions?limit=20", token, "GET institutions of a village")
        self.ask("GET", "activities", "/v1/activities?limit=20", token, "GET activities of a village")


class Facilitator(_User):
    """Reads what waits in a sub-district, and finds institutions by name."""

    weight = 2

    @task
    def looks_at_what_waits(self) -> None:
        """The work queue and a search."""
        token = self.village.facilitator
        self.ask("GET", "registry", "/v1/work-items?limit=20", token, "GET work items")
        self.ask("GET", "registry", "/v1/institutions?q=sinoman&limit=20", token, "GET institutions by name")


class Officer(_User):
    """Reads the numbers of a regency."""

    weight = 2

    @task
    def looks_at_numbers(self) -> None:
        """A profile, a year of one indicator by district, and why it is so."""
        token, year = self.village.officer, datetime.now(UTC).year
        region = self.village.code[:5]
        self.ask("GET", "reporting", f"/v1/profiles/{region}?period={year}", token, "GET profile")
        self.ask(
            "GET", "reporting", f"/v1/indicators/PRT-01/values?region={region}&children=true&period={year}", token,
            "GET values by district",
        )  # fmt: skip
        self.ask(
            "GET", "reporting", f"/v1/indicators/SOL-03/explanation?region={self.village.code}&period={year}", token,
            "GET explanation",
        )  # fmt: skip


class Province(_User):
    """Follows the feeds, as a province's own system does."""

    weight = 1

    def on_start(self) -> None:
        """Begins at the beginning."""
        super().on_start()
        self.cursors: dict[str, int] = {}

    @task
    def follows(self) -> None:
        """The next page of each feed."""
        for service in ("registry", "activities"):
            after = f"&after={self.cursors[service]}" if service in self.cursors else ""
            answer = self.ask("GET", service, f"/v1/events?limit=100{after}", PLAN.province_token, "GET feed")
            if answer and answer.json().get("next"):
                self.cursors[service] = answer.json()["next"]
