"""The doctor over what all services share: Kafka, the token issuer, this machine; and the command itself."""

import asyncio
import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey, RSAKey

from deploy.local import ports
from deploy.local.servers import Servers
from services import examination as examined
from shared import kafka
from shared.clock import SystemClock
from shared.doctor import broker, examination, issuer
from shared.doctor.findings import Finding, State, collected
from shared.settings import SharedSettings
from tests.doctor.test_databases import told
from tests.house import House

FAULT, WARNING = State.FAULT, State.WARNING


def settings(**given: Any) -> SharedSettings:
    values = {"kafka_bootstrap_servers": "127.0.0.1:1", "auth_issuer": "uji", "auth_jwks_url": "http://127.0.0.1:1/"}
    return SharedSettings.model_validate(values | given)


async def test_topics_that_are_missing_or_throw_facts_away_are_found(servers: Servers) -> None:
    given = settings(kafka_bootstrap_servers=servers.bootstrap, kafka_topic_prefix=f"t{uuid.uuid4().hex[:12]}")
    first, second, third, *others = (topic.name for topic in kafka.declared(given) if topic.partitions > 1)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([
            NewTopic(first, 12, 1, topic_configs=kafka.FACTS_CONFIG | {"retention.ms": "604800000"}),
            NewTopic(second, 3, 1, topic_configs=kafka.FACTS_CONFIG),
            NewTopic(third, 12, 1, topic_configs=kafka.FACTS_CONFIG | {"max.message.bytes": "1000"}),
        ])  # fmt: skip
        found = await collected("broker.reach", broker.checks(given), "Start Kafka.")
    finally:
        await admin.delete_topics([first, second, third])
        await admin.close()
    seen = {finding.seen: finding for finding in found if finding.check == "broker.topics"}
    assert seen.pop(f"{first}: retention.ms is 604800000, declared -1").state is FAULT
    assert seen.pop(f"{second}: 3 partitions, declared 12").state is FAULT
    assert seen.pop(f"{third}: max.message.bytes is 1000, declared 524288").state is WARNING
    assert seen[f"{others[0]}: missing"].remedy == "Run wahana topics create."
    assert {finding.state for finding in seen.values()} == {FAULT}
    told(found, "broker.copies", WARNING, "one broker only")


async def test_a_broker_that_is_away_is_found() -> None:
    away = settings(kafka_bootstrap_servers=f"127.0.0.1:{ports.free()}")
    [found] = await collected("broker.reach", broker.checks(away), "Start Kafka.")
    assert (found.check, found.state, found.remedy) == ("broker.reach", FAULT, "Start Kafka.")


@dataclass
class Answers:
    """An issuer that says what a test wants."""

    keys: Any = field(default_factory=list)
    status: int = 200
    date: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        body = json.dumps(self.metadata if b"openid" in head else self.keys).encode()
        date = f"Date: {self.date}\r\n" if self.date else ""
        writer.write(
            f"HTTP/1.1 {self.status} Said\r\n{date}Connection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        writer.close()

    async def examined(self, host: str = "127.0.0.1") -> list[Finding]:
        given = settings(auth_issuer=self.url, auth_jwks_url=f"{self.url}/keys".replace("127.0.0.1", host))
        return await collected("issuer.reach", issuer.checks(given, SystemClock()), "Start the issuer.")


@contextlib.asynccontextmanager
async def answering() -> AsyncIterator[Answers]:
    said = Answers()
    server = await asyncio.start_server(said.serve, "127.0.0.1", 0)
    said.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield said
    server.close()


def public(key: RSAKey | ECKey, **more: Any) -> dict[str, Any]:
    return {"keys": [{**key.as_dict(private=False), **more}]}


def certificate(key: RSAKey, ends: datetime) -> str:
    assert key.private_key
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "uji")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key).serial_number(1)
        .not_valid_before(ends - timedelta(days=90)).not_valid_after(ends).sign(key.private_key, hashes.SHA256())
    )  # fmt: skip
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


@pytest.mark.filterwarnings("ignore:Key size should be")
async def test_an_issuer_whose_keys_are_of_no_use_or_about_to_end_is_found() -> None:
    key = RSAKey.generate_key(2048, {"kid": "satu"}, private=True)
    now = datetime.now(UTC)
    short, other = RSAKey.generate_key(1024, {"kid": "pendek"}), ECKey.generate_key("P-384", {"kid": "lain"})
    twice = {"keys": [*public(key)["keys"], *public(RSAKey.generate_key(2048, {"kid": "satu"}))["keys"]]}
    cases: list[tuple[Any, str, State, str]] = [
        ({"none": 1}, "issuer.keys", FAULT, "gives no key set"),
        (public(other), "issuer.keys", FAULT, "none can check"),
        (public(key, use="enc"), "issuer.keys", FAULT, "none can check"),
        ({"keys": [key.as_dict(private=True)]}, "issuer.keys", FAULT, "the private part of satu is public"),
        (public(short), "issuer.keys", WARNING, "pendek is shorter"),
        (twice, "issuer.keys", WARNING, "share an id"),
        (public(key, x5c=[certificate(key, now - timedelta(days=1))]), "issuer.ends", FAULT, "satu ends"),
        (public(key, x5c=[certificate(key, now + timedelta(days=9))]), "issuer.ends", WARNING, "satu ends"),
        (public(key, exp=int((now + timedelta(days=3)).timestamp())), "issuer.ends", WARNING, "satu ends"),
    ]
    async with answering() as said:
        for said.keys, check, state, words in cases:
            told(await said.examined(), check, state, words)
        unread = [{"kty": "RSA", "kid": "rusak", "n": "!", "e": "AQAB"}, {"kty": "EC", "crv": "P-999"}, {"kty": "AKP"}]
        said.keys = public(key, x5c=[certificate(key, now + timedelta(days=90))])
        said.keys["keys"] += unread  # for others, and no fault
        assert {f.state for f in await said.examined()} == {State.OK, State.UNKNOWN}


async def test_an_issuer_that_is_another_elsewhere_late_or_away_is_found() -> None:
    async with answering() as said:
        said.keys = public(RSAKey.generate_key(2048, {"kid": "satu"}))
        said.metadata = {"issuer": f"{said.url}/", "jwks_uri": f"{said.url}/keys"}
        told(await said.examined(), "issuer.name", FAULT, "calls itself")
        said.metadata = {"issuer": said.url, "jwks_uri": f"{said.url}/others"}
        told(await said.examined(), "issuer.name", WARNING, "keeps its keys at")
        said.metadata["jwks_uri"] = f"{said.url}/keys"
        told(await said.examined("0.0.0.0"), "issuer.address", WARNING, "over http://")  # noqa: S104  # an address to ask
        said.date = format_datetime(datetime.now(UTC) - timedelta(minutes=2), usegmt=True)
        told(await said.examined(), "clock.issuer", FAULT, "-1")
        said.status = 302
        told(await said.examined(), "issuer.reach", FAULT, "answers 302")
    told(await said.examined(), "issuer.reach", FAULT, "could not be looked at")


def test_a_folder_for_temporary_files_that_cannot_be_written_or_is_full_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "absent"))
    told([examination.machine()], "machine.disk", FAULT, "cannot be written")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(examination, "ROOM", (float("inf"), 0.0))
    told([examination.machine()], "machine.disk", WARNING, "are free")


def test_warnings_and_what_cannot_be_seen_do_not_end_the_command_with_1() -> None:
    light = [Finding("a", state, "") for state in (State.OK, State.UNKNOWN, WARNING)]
    assert (examined.exit_code(light), examined.exit_code([*light, Finding("b", FAULT, "")])) == (0, 1)


def doctor(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.command", "doctor", *words]
    environment = {"PATH": os.environ["PATH"], "COLUMNS": "200", **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


async def test_the_command_tells_people_and_programs_and_ends_with_1_at_a_fault(registry_api: House) -> None:
    await kafka.create_topics(registry_api.settings("registry"))
    registry_api.has_topics = True
    environment = registry_api.environment("registry", "api")
    await registry_api.execute("registry", "UPDATE outbox SET pending = false")  # no worker runs
    well, wrong = await asyncio.gather(
        asyncio.to_thread(doctor, environment, "registry", "--json"),
        asyncio.to_thread(doctor, environment | {"AUTH_JWKS_URL": "http://127.0.0.1:1/"}),
    )
    document = json.loads(well.stdout)
    faults = [finding["check"] for finding in document["findings"] if finding["state"] == "fault"]
    assert faults == ["database.durable"], well.stdout  # the tests' PostgreSQL does not flush to the disk
    assert (well.returncode, document["state"], document["counts"]["fault"]) == (1, "fault", 1)
    assert {finding["of"] for finding in document["findings"]} == {"registry", None}
    assert (wrong.returncode, wrong.stderr) == (1, "")
    lines = wrong.stdout.splitlines()
    assert (
        "fault   activities settings              ACTIVITIES_DATABASE_URL: is not set (nor is ACTIVITIES_DATABASE_URL_FILE)"
        in lines
    )
    [at] = [place for place, line in enumerate(lines) if line.startswith("fault   all        issuer.reach")]
    assert lines[at + 1].strip() == "→ Start the issuer, or correct AUTH_JWKS_URL."
    password = registry_api.settings("registry", "api").database.password
    assert password
    assert password not in well.stdout + wrong.stdout
