"""The whole of Wahana on this machine, from nothing to three curl commands: what starts in which order, and the end."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from rich.markup import escape

from deploy.local import children, jars, preflight, programs, regions, sample, welcome
from deploy.local.console import Step, console, step
from deploy.local.issuer import Issuer
from deploy.local.kafka import Broker
from deploy.local.postgres import Cluster
from deploy.local.programs import Databases
from deploy.local.rootless import home_of
from deploy.local.settings import SERVICES, Settings, Wrong
from deploy.local.supervisor import Supervisor
from shared.migrations import roles


def main() -> int:
    """Start, watch, stop. 0 after Ctrl-C or SIGTERM, 1 when something failed or died."""
    began = time.monotonic()
    settings = Settings.read()
    try:
        with preflight.lock(settings.folder):
            _check(settings)
            supervisor = Supervisor(settings.folder)
            try:
                start(supervisor, settings)
                console.print(f"\n[bold]Wahana runs[/bold], after {time.monotonic() - began:.1f} s.")
                welcome.show(settings)
                while True:
                    children.pause(0.3)
                    supervisor.check()
            finally:
                console.print("Stopping …")
                supervisor.stop()
                console.print("Everything is stopped. The data stay in .wahana/data.")
    except children.Interrupted:
        return 0
    except (preflight.NotReady, Wrong) as error:
        console.print(f"\n[red]Not started.[/red]\n{escape(str(error))}\n")
    except (children.Died, TimeoutError, jars.Unavailable, RuntimeError, OSError) as error:
        if children.interrupted.is_set():  # it fell over our own stopping
            return 0
        console.print(f"\n[red]{type(error).__name__}:[/red] {escape(str(error))}\n")
    return 1


def start(supervisor: Supervisor, settings: Settings) -> None:
    """The steps in order. Everything is repeatable: the second run finds most of it done."""
    with step("PostgreSQL and Kafka") as under_way:
        databases, bootstrap = _start_servers(supervisor, settings, under_way)
    environment = programs.environment(settings, databases, bootstrap)
    programs.write_environment(settings, environment, databases)
    gateway = programs.gateway(settings)
    supervisor.start(gateway, {**os.environ, **environment})
    with step("topics and tables"):
        supervisor.run("prepare", programs.PREPARE, programs.as_owner(environment, databases))
    with step("services and workers") as under_way:
        for program in programs.services(settings, databases):
            supervisor.start(program, environment)
        supervisor.wait_ready()
        under_way.result = settings.address
    with step("regions") as under_way:
        loaded = regions.Loaded(settings.folder / "data", databases.worker)
        if loaded and settings.database("registry") is None:  # what happened to a database of yours, we cannot know
            under_way.result = "as they were loaded before"
        else:
            supervisor.run("regions", programs.REGIONS, environment)
            loaded.note()
    with step("events reach reporting") as under_way:
        _await_answers(supervisor, settings, under_way)
    with step("population") as under_way:
        try:
            supervisor.run("population", programs.POPULATION, environment)
        except children.Died:  # your regions are not those of the shipped table: what could be noted is
            under_way.result = "not of every region; .wahana/logs/population.log names the others"
    with step("sample") as under_way:
        tokens = Issuer(settings.address, settings.key_file, settings.audience)
        under_way.result = sample.load(settings.address, tokens.mint)


def _check(settings: Settings) -> None:
    with step("preflight") as under_way:
        preflight.python()
        stopped = preflight.leftovers(settings.folder)
        repairs = preflight.whole_data(settings)
        preflight.free_disk(settings.folder, home_of(settings.folder / "data" / "postgres"))
        _stop_old_servers(settings)
        preflight.free_ports(settings)
        under_way.result = "; ".join(([f"stopped leftovers: {', '.join(stopped)}"] if stopped else []) + repairs)


def _start_servers(supervisor: Supervisor, settings: Settings, under_way: Step) -> tuple[Databases, str]:
    """Start what does not exist already, both at once; the three databases' addresses and Kafka's."""
    folder = settings.folder / "data"
    postgres = kafka = None
    starts = []
    if settings.needs_postgres:
        postgres = Cluster(folder / "postgres", settings.number("POSTGRES_PORT"))
        starts.append(partial(supervisor.start_server, postgres, postgres.start))
        if postgres.is_elsewhere:
            under_way.result = f"PostgreSQL's data: {postgres.home} (its user cannot reach {postgres.folder})"
    if not settings.kafka:
        kafka = Broker(folder / "kafka", settings.number("KAFKA_PORT"), settings.number("KAFKA_CONTROLLER_PORT"))
        progress = partial(_tell_jars, under_way)
        starts.append(partial(supervisor.start_server, kafka, partial(kafka.start, progress=progress)))
    if not starts:
        under_way.result = "yours, as set in .env or the environment"
    with ThreadPoolExecutor(2) as threads:
        for starting in [threads.submit(start) for start in starts]:
            starting.result()
    return _databases(settings, postgres), settings.kafka or (kafka.bootstrap if kafka else "")


def _databases(settings: Settings, postgres: Cluster | None) -> Databases:
    databases = Databases()
    for service in SERVICES:
        name, existing, owner = f"wahana_{service}", settings.database(service), settings.owner_database(service)
        if existing is None and postgres is not None:
            postgres.create_database(name)
            existing = owner = postgres.dsn(name)
            api, worker = roles.pair(name)
            for role in (api, worker):
                postgres.create_role(role)
            existing, databases.worker[service] = postgres.dsn(name, api), postgres.dsn(name, worker)
        databases.api[service] = existing or ""
        databases.worker.setdefault(service, settings.worker_database(service) or existing or "")
        if owner and owner != existing:
            databases.owner[service] = owner
    return databases


def _await_answers(supervisor: Supervisor, settings: Settings, under_way: Step, within: float = 60.0) -> None:
    """Until the three commands answer; after `within` seconds it is said which do not yet, and that is no failure."""
    deadline = time.monotonic() + within
    while waiting := welcome.unanswered(settings):
        if time.monotonic() > deadline:
            under_way.result = f"still on their way, for {', '.join(waiting)}"
            return
        supervisor.check()
        children.pause(0.2)


def _stop_old_servers(settings: Settings) -> None:
    """Servers that outlived a killed run hold our ports; their own pid files name them."""
    if settings.needs_postgres:
        Cluster(settings.folder / "data" / "postgres", port=1).stop_leftover()
    if not settings.kafka:
        Broker(settings.folder / "data" / "kafka", port=1, controller_port=1).stop_leftover()


def _tell_jars(under_way: Step, done: int, of: int) -> None:
    under_way.tell(f"Kafka's jars: {done} of {of}")
