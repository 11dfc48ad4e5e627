"""A house whose services stop and start, as a restore needs it, and whose commands are run as processes."""

from pathlib import Path
from typing import Any

from services.activities import restoring as activities
from services.registry import restoring as registry
from shared.backup import dump, finish
from tests.faults.armed import ended
from tests.faults.workload import Workload
from tests.house import House

TELLING: dict[str, Any] = {"registry": registry.telling, "activities": activities.telling}


def nobody(*_: Any) -> None:
    """Is told of the progress."""


class Restorable(House):
    """A house. What a command writes lies in its own folder."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._served: dict[str, Any] = {}

    async def _open_api(self, service: str) -> None:
        await super()._open_api(service)
        self._served[service] = self._apis[-1]

    async def stop(self, *services: str) -> None:
        """Stops APIs and workers, as somebody does who is about to restore."""
        for service in services:
            api = self._served.pop(service)
            self._apis.remove(api)
            await api.close()
            await self.stop_worker(service)

    async def start(self, *services: str) -> None:
        """Starts them again; clients go on with them."""
        for service in services:
            former = self.url(service)
            await self._open_api(service)
            await self.start_worker(service)
            self._follow(service, former)

    async def lead_to(self, service: str, port: int) -> None:
        """Lets clients go on with an API that listens elsewhere; ours is closed."""
        former = self.url(service)
        api = self._served.pop(service)
        self._apis.remove(api)
        await api.close()
        self._ports[service] = port
        self._follow(service, former)

    def _follow(self, service: str, former: str) -> None:
        for client in self._clients:
            if str(client.base_url).rstrip("/") == former:
                client.base_url = self.url(service)

    @property
    def folder(self) -> Path:
        """Where this house's backups and reports go."""
        folder = self.servers.kafka.folder.parent / f"{self.prefix}-backups"
        folder.mkdir(exist_ok=True)
        return folder

    async def wahana(self, service: str, words: str, **environment: str) -> tuple[int, str]:
        """Exit code and output of `wahana …` with the settings of a service."""
        process = await self.start_process(service, f"services.command {words}", COLUMNS="200", **environment)
        return await ended(process, within=120), process.log.read_text()

    async def backup(self, service: str) -> Path:
        """A backup, the only one of this house."""
        file, _ = await dump.take(self.settings(service), self.folder / "backup.dump", nobody)
        return file

    async def restored(self, service: str, file: Path) -> finish.Finished:
        """Restores in the place of what is there."""
        settings = self.settings(service)
        telling = TELLING[service](settings) if service in TELLING else None
        return await finish.restore(settings, telling, file, self.report, nobody, replace=True)

    @property
    def report(self) -> Path:
        """What a restore has raised and lost."""
        return self.folder / "report.json"

    async def __aexit__(self, *ended: Any) -> None:
        """Also drops what restores have kept or left of this house's databases."""
        await super().__aexit__(*ended)
        for cluster in {self.cluster(service) for service in self.services}:
            for name in cluster.sql(f"SELECT datname FROM pg_database WHERE datname LIKE '{self.prefix}%'").split():
                cluster.drop_database(name)


async def others_go_on(house: House, workload: Workload, count: int) -> None:
    """Writes go on that name nothing which a restore has lost or set back; everybody catches up."""
    workload._open.clear()
    workload.teller.cohort.held.clear()
    await workload.write(count)
    await house.caught_up()
