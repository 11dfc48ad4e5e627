"""An issuer of a test's own: its keys are counted when they are read, and it signs whatever it is asked to."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from joserfc import jwt

from deploy.local.issuer import Issuer, create_app


class CountingIssuer(Issuer):
    """An issuer that counts how often its keys are read, may be out of order, and may sign with other keys too."""

    asked = 0
    broken = False
    others: tuple[dict[str, Any], ...] = ()
    """Keys that it tells beside its own."""

    def jwks(self) -> dict[str, Any]:
        """Its keys, as services read them."""
        self.asked += 1
        if self.broken:
            raise RuntimeError("out of order")
        keys: dict[str, Any] = super().jwks()
        return {"keys": [*self.others, *keys["keys"]]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims with changes; a value of None leaves a claim out."""
        now = int(time.time())
        good = {"iss": self.url, "aud": "wahana", "sub": "operator-1", "exp": now + 600, "iat": now,
                "roles": ["village-operator"], "areas": ["32.04.05.2001"]}  # fmt: skip
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(self, claims: dict[str, Any], key: Any = None, alg: str = "RS256", **header: Any) -> str:
        """A token signed as asked."""
        return jwt.encode({"alg": alg, "typ": "at+jwt", "kid": self.key.kid, **header}, claims, key or self.key)


@asynccontextmanager
async def running() -> AsyncIterator[CountingIssuer]:
    """Such an issuer on a real port."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        found = CountingIssuer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(create_app(found), log_level="warning", lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # uvicorn offers nothing to wait for
            await asyncio.sleep(0.01)
        yield found
        server.should_exit = True
        await serving
