"""Where everything is measured: one PostgreSQL, one Kafka and a token issuer, and databases to copy from."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import uvicorn

from deploy.local import servers
from deploy.local.issuer import Issuer, create_app
from deploy.local.jars import ROOT
from deploy.local.servers import Servers
from services.registry.regions import identity, table
from shared.codes import RegionLevel


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured. `area`: only the regions below this code; None: the whole nation."""

    rounds: int
    seconds: float
    """Of each load."""
    institutions: int
    """Among which lists are read."""
    people: int
    memberships: int
    activities: int
    """Of three years, among which lists are read."""
    attendances: int
    """Named people of all these activities."""
    events: int
    """That are projected."""
    fill: tuple[str, ...]
    """Levels of regions whose cells are filled with ten years of numbers before they are read."""
    rates: tuple[int, ...] = (100, 500)
    """Writes per second at which freshness is measured."""
    area: str | None = None
    warm_up: float = 1.0


FULL = Size(
    3, 10, institutions=300_000, people=400_000, memberships=1_000_000, activities=1_000_000,
    attendances=10_000_000, events=80_000, fill=("nation", "province", "regency", "district"),
)  # fmt: skip
QUICK = Size(
    1, 2, institutions=3_000, people=4_000, memberships=10_000, activities=20_000,
    attendances=200_000, events=20_000, fill=("nation", "province", "regency"), area="32", warm_up=0.5,
)  # fmt: skip
TINY = Size(
    1, 1, institutions=300, people=200, memberships=500, activities=600, attendances=6_000, events=300,
    fill=("nation", "province"), rates=(20,), area="32.04.05", warm_up=0.2,
)  # fmt: skip
"""For the tests."""


@dataclass
class Stage:
    """The servers, the issuer and what was prepared on them."""

    servers: Servers
    issuer: Issuer
    size: Size
    folder: Path
    templates: dict[str, str] = field(default_factory=dict)
    """Databases by service, all regions in each; set when the regions were loaded."""

    def token(self, role: str, area: str = "ID") -> str:
        """An access token."""
        return self.issuer.mint(role, area)

    def region_rows(self) -> list[table.RegionRow]:
        """The regions that are loaded."""
        area = self.size.area
        return [row for row in table.read() if area is None or _belongs(row.code, area)]

    def villages(self) -> list[tuple[str, UUID]]:
        """Codes and ids of the villages that are loaded."""
        rows = self.region_rows()
        return [(row.code, identity.region_id(row.code)) for row in rows if row.level is RegionLevel.VILLAGE]


def _belongs(code: str, area: str) -> bool:
    return code == table.NATION or f"{code}.".startswith(f"{area}.") or f"{area}.".startswith(f"{code}.")


@contextlib.contextmanager
def opened(size: Size) -> Iterator[Stage]:
    """Servers with empty data, stopped and deleted at the end."""
    with servers.running(ROOT / ".wahana" / "bench" / str(os.getpid())) as running, _issuing() as issuer:
        # Freshness is read from the servers' own commit times: no polling, one clock.
        running.postgres.settings["track_commit_timestamp"] = "on"
        running.postgres.restart()
        folder = running.kafka.folder.parent / "work"
        folder.mkdir()
        yield Stage(running, issuer, size, folder)


@contextlib.contextmanager
def _issuing() -> Iterator[Issuer]:
    """An issuer in a thread: each API reads its keys once, before it is loaded."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        issuer = Issuer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(create_app(issuer), log_level="warning", lifespan="off"))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.should_exit = True
            thread.join()
