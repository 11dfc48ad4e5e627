"""POST of one activity that was held, against pgbench inserting the activity and its event; nobody is named.

What naming thirty people adds is a measurement of its own (`participants`), as is what sending hundreds together saves
(`batches`). A POST writes a third row, the entry of the audit trail.
"""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from deploy.bench import load
from deploy.bench.batches import TWO_INSERTS
from deploy.bench.figures import Goal, Measured, Row, against
from deploy.bench.installation import installed
from deploy.bench.participants import INSTITUTIONS, LEADS
from deploy.bench.stage import Stage

BODIES = 2000
GOAL = Goal(0.30, 0.55)


def requests(stage: Stage, leads: list[tuple[UUID, str]]) -> list[str]:
    """Activities of some institutions; each may be sent many times, since the service gives the ids."""
    chance = random.Random(5)  # noqa: S311  # made-up data
    token = stage.token("integration")
    return [_post(chance, token, *chance.choice(leads)) for _ in range(BODIES)]


def _post(chance: random.Random, token: str, lead: UUID, village: str) -> str:
    day = (datetime.now(UTC).date() - timedelta(days=chance.randrange(2, 60))).isoformat()
    return load.request("POST", "/v1/activities", token, {
        "title": f"Kerja bakti {chance.randrange(1000)}", "kind": "gotong_royong", "strategy": "pemberdayaan",
        "village": village, "lead_institution_id": str(lead),
        "completion": {
            "held_from": day, "held_until": day, "invited": {"total": 40},
            "attended": {"total": 35, "by_sex": {"female": 20, "male": 15}},
        },
    })  # fmt: skip


def run(stage: Stage) -> list[Row]:
    """POSTs per second over 16 connections."""
    limits: list[float] = []
    posts: list[load.Outcome] = []
    with installed(stage, "activities") as limit, installed(stage, "activities") as wahana:
        wahana.start("activities")
        leads = [(row["id"], row["code"]) for row in wahana.fetch("activities", INSTITUTIONS, LEADS)]
        wahana.execute("activities", "ANALYZE known_institution")
        bodies = requests(stage, leads)
        for _ in range(stage.size.rounds):
            limits.append(limit.pgbench("activities", [TWO_INSERTS]))
            posts.append(wahana.load("activities", bodies))
    rate = Measured.of([one.rate for one in posts], "/s")
    return [against("POST an activity", rate, Measured.of(limits, "/s"), GOAL), *load.rows(posts)]
