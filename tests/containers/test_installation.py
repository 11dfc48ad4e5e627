"""An installation in containers, in the order of its life: used, guarded, scaled, hurt, healed."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from deploy.containers import secrets
from deploy.containers.engine import Failed
from tests.containers.conftest import Phase
from tests.containers.installation import DISTRICT, REGENCY, VILLAGES, Installation, ok, until
from tests.containers.writer import Writer

pytestmark = pytest.mark.timeout(1800)
ONCE = {"topics", "registry-migrate", "activities-migrate", "reporting-migrate"}
VILLAGE = VILLAGES[0]
LEVELS = (VILLAGE, DISTRICT, REGENCY, "32", "ID")


@pytest.fixture(scope="module")
def writer(installation: Installation) -> Writer:
    """Writes for all tests here: what it was promised first must hold to the end."""
    return Writer(installation, seed=6)


def test_what_three_people_verified_counts_at_every_level(installation: Installation, phase: Phase) -> None:
    ask = installation.ask
    before = {region: installation.value("LEM-01", region, "2026")["numerator"] for region in LEVELS}
    with phase("journey"):
        body = {"type": "ARS", "name": "Arisan Mawar", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
                "village": VILLAGE, "active_from": "2020-01-01", "members": {"female": 12, "male": 8}}  # fmt: skip
        answer = ask("POST", "/registry/v1/institutions", "village-operator", VILLAGE, json=body)
        institution = ok(answer, 201)["id"]
        for role, area, step in (
            ("village-operator", VILLAGE, "submission"),
            ("district-facilitator", DISTRICT, "review"),
            ("regency-officer", REGENCY, "verification"),
        ):
            path = f"/registry/v1/institutions/{institution}/{step}"
            answer = ask("POST", path, role, area, json={}, headers={"If-Match": answer.headers["ETag"]})
            ok(answer)
        verified = answer.headers["Wahana-Position"]
        last_week = (datetime.now(UTC) - timedelta(days=7)).date()
        held = {
            "held_from": str(last_week),
            "held_until": str(last_week),
            "invited": {"total": 40},
            "attended": {"total": 30},
        }
        activity = {"title": "Gotong royong", "kind": "gotong_royong", "village": VILLAGE,
                    "lead_institution_id": institution, "completion": held}  # fmt: skip

        def told() -> str:
            headers = {"Wahana-At-Least": verified, "Idempotency-Key": "journey"}
            answer = ask(
                "POST", "/activities/v1/activities", "village-operator", VILLAGE, json=activity, headers=headers
            )
            return answer.headers["Wahana-Position"] if answer.status_code == 201 else ""

        position = until(told, "activities knows the institution")
        for region in LEVELS:
            counted = installation.value("LEM-01", region, "2026", f"{verified},{position}")
            assert counted["numerator"] == before[region] + 1
            came = installation.value("PRT-02", region, str(last_week)[:7], position)
            assert (came["numerator"], came["denominator"]) == (30, 40)


def test_every_container_is_contained(installation: Installation) -> None:
    stack = installation.stack
    for one in stack.inspect(*[container.id for container in stack.containers()]):
        host, name = one["HostConfig"], one["Name"]
        assert int(one["Config"]["User"].partition(":")[0]) > 0, name
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert not host["CapAdd"], name
        assert not host["Privileged"], name
        assert any(option.startswith("no-new-privileges") for option in host["SecurityOpt"]), name
        assert min(host["Memory"], host["NanoCpus"], host["PidsLimit"]) > 0, name
        once = one["Config"]["Labels"]["com.docker.compose.service"] in ONCE
        assert host["RestartPolicy"]["Name"] == ("no" if once else "unless-stopped"), name
        published = [at["HostIp"] for ports in host["PortBindings"].values() for at in ports]
        assert published == (["127.0.0.1"] if "proxy" in name else []), name


def test_no_secret_stands_where_it_can_be_read(installation: Installation) -> None:
    stack = installation.stack
    told = {name: (stack.secrets / name).read_text() for name in secrets.names()}
    hidden = {text.rpartition("@")[0].rpartition(":")[2] if "@" in text else text for text in told.values()}
    assert len(hidden) == len(told)  # each has its own
    containers = stack.containers()
    inspected = stack.inspect(*[container.id for container in containers])
    seen = {"inspect": json.dumps(inspected)}
    for image in {one["Config"]["Image"] for one in inspected}:
        seen[image] = stack.engine.docker("history", "--no-trunc", image) + stack.engine.docker(
            "image", "inspect", image
        )
    for container in containers:
        seen[container.name] = stack.logs(container, lines=100_000)
    assert [(place, text[:4]) for place, said in seen.items() for text in hidden if text in said] == []


def test_a_role_of_one_service_cannot_enter_the_database_of_another(installation: Installation) -> None:
    enter = """
import asyncio, asyncpg, sys
address = open("/run/secrets/activities_worker_database_url").read().rpartition("/")[0] + sys.argv[1]
async def enter():
    await (await asyncpg.connect(address)).close()
asyncio.run(enter())
"""
    installation.run_in("activities-worker", "python", "-c", enter, "/wahana_activities")
    with pytest.raises(Failed, match="permission denied for database"):
        installation.run_in("activities-worker", "python", "-c", enter, "/wahana_registry")


def test_the_proxy_reaches_the_apis_only_and_nothing_leaves_the_inner_networks(installation: Installation) -> None:
    addresses = {
        service: network["IPAddress"]
        for service in ("postgres", "kafka")
        for network in installation.stack.inspect(installation.stack.containers(service)[0].id)[0]["NetworkSettings"][
            "Networks"
        ].values()
    }
    for host, port in (("postgres", 5432), ("kafka", 9092), (addresses["postgres"], 5432), (addresses["kafka"], 9092)):
        with pytest.raises(Failed):
            installation.run_in("proxy", "timeout", "2", "bash", "-c", f"exec 3<>/dev/tcp/{host}/{port}")
    installation.run_in("proxy", "timeout", "2", "bash", "-c", "exec 3<>/dev/tcp/registry-api/8000")
    ids = [
        container.id for container in installation.stack.containers() if container.service not in ("proxy", "issuer")
    ]
    for one in installation.stack.inspect(*ids):
        networks = json.loads(
            installation.stack.engine.docker("network", "inspect", *one["NetworkSettings"]["Networks"])
        )
        outside = [network["Name"].rpartition("_")[2] for network in networks if not network["Internal"]]
        assert outside == (["edge"] if "-api" in one["Name"] else []), one["Name"]


def test_what_runs_cannot_be_written_over(installation: Installation) -> None:
    for service in ("registry-api", "activities-worker", "reporting-worker"):
        with pytest.raises(Failed, match="Read-only file system"):
            installation.run_in(service, "python", "-c", "open('/var/lib/wahana/mine', 'w')")


def test_metrics_and_who_runs_the_system_are_not_for_the_world(installation: Installation) -> None:
    for path in ("/registry/metrics", "/reporting/livez", "/activities/metrics"):
        assert installation.client.get(path).status_code == 404
    assert "wahana_" in installation.run_in("reporting-worker", "python", "-c", READ_METRICS)


READ_METRICS = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"


def test_three_workers_of_reporting_count_what_one_would(
    installation: Installation, writer: Writer, phase: Phase
) -> None:
    with phase("three workers of reporting"):
        writer.begin()
        with writer.writing():
            writer.more(20)
            installation.stack.scale("reporting-worker", 3)
            writer.more(60)
        assert len(installation.stack.containers("reporting-worker")) == 3
        writer.settle()
    # The journey's institution and activity are there as well.
    with phase("numbers"):
        writer.check()
        assert "equals" in installation.run_in("reporting-worker", "wahana", "verify")


def test_whatever_is_killed_under_load_comes_back_and_nothing_is_lost(
    installation: Installation, writer: Writer, phase: Phase
) -> None:
    running = [one for one in installation.stack.containers() if one.service not in ONCE]
    assert len(running) == 12
    with writer.writing(), phase(f"kill each of {len(running)}") as say:
        for container in running:
            began, answers, silent = time.monotonic(), writer.answers, len(writer.unanswered)
            installation.kill(container)
            installation.came_back(container)
            back = time.monotonic() - began
            writer.more(5)
            say(f"{container.service}: healthy after {back:.1f} s, {writer.answers - answers} writes answered meanwhile,"
                f" {len(writer.unanswered) - silent} not")  # fmt: skip
    with phase("numbers"):
        repeated = writer.settle()
        assert sum(writer.verified.values()) > 0
        installation.stack.wait_well()
        writer.check()
        assert "equals" in installation.run_in("reporting-worker", "wahana", "verify")
        print(f"{writer.answers} writes were acknowledged, {repeated} had no answer and were sent again")


def test_a_backup_is_made_with_what_the_image_holds(installation: Installation, phase: Phase) -> None:
    with phase("backup"):
        make = "wahana", "backup", "registry", "--to", "/var/lib/wahana"
        installation.stack.compose("run", "--rm", "-T", "--no-deps", "registry-migrate", *make)
        kept = installation.stack.compose(
            "run", "--rm", "-T", "--no-deps", "registry-migrate", "ls", "/var/lib/wahana"
        ).split()
    assert [name.partition(".")[2] for name in sorted(kept)] == ["dump", "dump.json"]


def test_everything_ends_when_it_is_told_to_also_while_kafka_is_away(installation: Installation, phase: Phase) -> None:
    stack = installation.stack
    with phase("stop"):
        (kafka,) = stack.containers("kafka")
        stack.engine.docker("stop", kafka.id)

        def start_anew() -> bool:
            return all("worker.starts_anew" in stack.logs(one, 200) for one in stack.containers("registry-worker"))

        until(start_anew, "registry's worker finds no Kafka")
        stack.compose("stop")
    ended = {one.name: one.exit_code for one in stack.containers()}
    # 143: by the signal itself, before it was handled, and the Java runtime always; 137 would be: killed, for it did not.
    assert {name: code for name, code in ended.items() if code not in (0, 143)} == {}
