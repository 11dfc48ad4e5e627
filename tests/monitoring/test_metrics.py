"""What a scrape tells of keys, certificates, the audit trail and the process."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import httpx
import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from services.registry.people import key_ages
from shared import process, tokens
from shared.tokens import Tokens
from tests.house import House
from tests.registry.institutions import VILLAGE, record, registration

FROM, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)


def certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """One for 127.0.0.1 that signs itself, good from `FROM` until `UNTIL`."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "penerbit")])
    return (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(FROM).not_valid_after(UNTIL)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip


@contextmanager
def serving(folder: Path, keys: list[dict[str, object]], key: ec.EllipticCurvePrivateKey) -> Iterator[str]:
    """The keys over HTTPS, at the address given."""
    file = folder / "issuer.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate(key).public_bytes(serialization.Encoding.PEM))

    class Issuer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(orjson.dumps({"keys": keys}))

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Issuer) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_an_issuers_keys_and_the_certificate_of_their_address_tell_when_they_end(
    registry_api: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    point = {
        name: base64.urlsafe_b64encode(number.to_bytes(32)).rstrip(b"=").decode()
        for name, number in (("x", numbers.x), ("y", numbers.y))
    }
    der = base64.b64encode(certificate(key).public_bytes(serialization.Encoding.DER)).decode()
    public = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", **point}
    keys: list[dict[str, object]] = [
        {**public, "kid": "certified", "x5c": [der]},
        {**public, "kid": "dated", "iat": 1767225600, "exp": 1798761600},
        {**public, "kid": "silent"},
    ]
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "issuer.pem"))
    monkeypatch.setattr(tokens, "authorities", httpx.create_ssl_context)  # a process has read them long ago
    with serving(tmp_path, keys, key) as url:
        await Tokens(registry_api.settings("registry").model_copy(update={"auth_jwks_url": url})).ready()
    ends, made = "wahana_token_key_expiry_timestamp_seconds", "wahana_token_key_made_timestamp_seconds"
    assert value(ends, kid="certified") == UNTIL.timestamp()
    assert value(made, kid="certified") == FROM.timestamp()
    assert (value(made, kid="dated"), value(ends, kid="dated")) == (1767225600, 1798761600)
    assert value(ends, kid="silent") is None
    assert value("wahana_certificate_expiry_timestamp_seconds", of="jwks") == UNTIL.timestamp()


def test_the_age_of_a_key_over_people_is_told_by_its_id() -> None:
    march = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    assert [key_ages.made(id) for id in ("2026-03", "2026-03-dinsos", "2026-13", "2026-031", "local-1")] == [
        march,
        march,
        0,
        0,
        0,
    ]


async def test_a_scrape_tells_how_long_the_audit_trail_is_unsealed_and_what_the_process_uses(
    registry_api: House,
) -> None:
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    registry_api.clock.instant = datetime.now(UTC)
    record(await operator.post("/v1/institutions", json=registration()), 201)
    registry_api.clock.instant += timedelta(days=2)
    async with httpx.AsyncClient() as client:
        scraped = (await client.get(f"{registry_api.url('registry')}/metrics")).text
    found = {
        (sample.name, sample.labels.get("pool"), sample.labels.get("state")): sample.value
        for family in text_string_to_metric_families(scraped)
        for sample in family.samples
    }
    ((first,),) = await registry_api.fetch("registry", "SELECT min(at) FROM audit_entry WHERE id = 1")
    ended = datetime.combine(first.date() + timedelta(days=1), time(), UTC)
    assert found["wahana_audit_unsealed_seconds", None, None] == (registry_api.clock.instant - ended).total_seconds()
    assert found["wahana_outbox_pending_events", None, None] > 1  # regions, which nobody publishes here, among them
    assert found["wahana_outbox_oldest_pending_seconds", None, None] >= 48 * 3600
    assert found["wahana_database_bytes", None, None] > 1_000_000
    assert found["wahana_database_pool_size", "driver", None] == 8
    assert found["wahana_database_pool_connections", "driver", "idle"] >= 1
    assert found["wahana_http_requests_in_flight", None, None] >= 1
    assert found["process_resident_memory_bytes", None, None] > 10_000_000


def test_a_process_says_the_version_that_is_released() -> None:
    written = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    assert f'\nversion = "{process.VERSION}"\n' in written
