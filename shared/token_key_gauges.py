"""How old the token issuer's keys are and when they end, and the TLS certificate of where they are read, as metrics.

An issuer may say of a key when it was made and when it ends (`iat` or `nbf`, and `exp`, as OpenID Federation names them),
or bear a certificate (`x5c`, RFC 7517 §4.7). One that says neither has no such metric.
"""

import base64
import ssl
import time
from typing import Any

import httpx
from cryptography import x509

from shared import telemetry

MOST = 32
"""Keys that are told of: who serves more is mistaken, and each is a series."""


def observe(answer: httpx.Response) -> None:
    """Sets the gauges from the answer that holds the keys, which were found usable."""
    telemetry.keys_read_at.set(time.time())
    telemetry.token_key_made.clear()  # keys that were withdrawn
    telemetry.token_key_ends.clear()
    for key in answer.json()["keys"][:MOST]:
        made, ends = _life(key)
        name = str(key.get("kid", ""))[:64]
        if made is not None:
            telemetry.token_key_made.labels(name).set(made)
        if ends is not None:
            telemetry.token_key_ends.labels(name).set(ends)


async def observe_certificate(answer: httpx.Response) -> None:
    """Sets the gauge of the certificate that was shown with an answer; does nothing if that came by HTTP.

    For the client's hook, which is called before the body is read: after it, who closed the connection shows none.
    """
    stream = answer.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream else None
    if tls is not None and (certificate := tls.getpeercert()):
        telemetry.certificate_ends.labels("jwks").set(ssl.cert_time_to_seconds(certificate["notAfter"]))


def _life(key: dict[str, Any]) -> tuple[float | None, float | None]:
    """When a key was made and when it ends, in seconds since 1970, as far as it says so."""
    made, ends = _instant(key.get("iat", key.get("nbf"))), _instant(key.get("exp"))
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    except (KeyError, IndexError, TypeError, ValueError):
        return made, ends
    return made or certificate.not_valid_before_utc.timestamp(), ends or certificate.not_valid_after_utc.timestamp()


def _instant(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
