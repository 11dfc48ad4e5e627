"""An installation in containers as its users and operators reach it: the one address, tokens, commands, the engine."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.containers.engine import Failed
from deploy.containers.stack import Container, Stack

REGENCY, DISTRICT = "32.04", "32.04.05"
VILLAGES = ("32.04.05.2001", "32.04.05.2003", "32.04.06.2003")
LOAD = """
import asyncio
from services.registry.regions import loading, table
from services.registry.settings import Settings
from shared import database
from shared.clock import SystemClock

async def load():
    engine = database.open_engine(Settings(), pool_size=1)
    rows = [r for r in table.read() if r.code in ("ID", "32", "32.04") or r.code.startswith(("32.04.05", "32.04.06"))]
    async with database.transaction(database.sessions(engine)) as session:
        await loading.load(session, rows, SystemClock().now())
    await engine.dispose()

asyncio.run(load())
"""
"""Two districts with what is above them: the whole country takes minutes to reach the numbers."""


class Silence(Exception):
    """No answer that promises anything: the connection broke, or the proxy found nobody."""


@dataclass
class Installation:
    """A stack that was started, with a client for its one address."""

    stack: Stack
    client: httpx.Client = field(init=False)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.stack.url, timeout=20, trust_env=False)

    def load_regions(self) -> None:
        """As the operator's command would, fewer of them."""
        self.stack.compose("run", "--rm", "-T", "registry-migrate", "python", "-c", LOAD)

    def token(self, role: str, area: str) -> str:
        """Kept: it is asked for once per role and area."""
        if (role, area) not in self._tokens:
            answer = self.client.post("/token", data={"role": role, "area": area})
            self._tokens[role, area] = answer.raise_for_status().json()["access_token"]
        return self._tokens[role, area]

    def ask(self, method: str, path: str, role: str, area: str, **request: Any) -> httpx.Response:
        """A request with a token. **Raises** Silence."""
        headers = {"Authorization": f"Bearer {self.token(role, area)}", **request.pop("headers", {})}
        try:
            answer = self.client.request(method, path, headers=headers, **request)
        except httpx.TransportError as error:
            raise Silence(str(error)) from error
        if answer.status_code in (502, 503, 504):
            raise Silence(answer.text)
        return answer

    def value(self, code: str, region: str, period: str, at_least: str = "") -> dict[str, Any]:
        """An indicator's numerator, denominator and more, once the numbers contain the positions."""

        def answered() -> httpx.Response | None:
            params = {"region": region, "period": period, **({"at_least": at_least} if at_least else {})}
            answer = self.ask("GET", f"/reporting/v1/indicators/{code}/values", "ministry", "ID", params=params)
            return answer if answer.status_code == httpx.codes.OK else None

        answer = until(answered, f"{code} of {region} contains {at_least}")
        (item,) = answer.json()["items"]
        found: dict[str, Any] = item
        return found

    def run_in(self, service: str, *command: str) -> str:
        """Runs a command in a container of a service. **Raises** Failed."""
        return self.stack.engine.docker("exec", self.stack.containers(service)[0].id, *command)

    def kill(self, container: Container) -> None:
        """SIGKILL from outside: the engine takes it for a crash, as it is, and its restart policy applies."""
        self.stack.engine.docker(
            "run", "--rm", "--pid=host", "--user=0", "--cap-drop=ALL", "--cap-add=KILL", "--network=none",
            self._image, "python", "-c", f"import os; os.kill({container.pid}, 9)",
        )  # fmt: skip

    def came_back(self, was: Container) -> Container:
        """Waits until the engine has restarted a container and it is healthy again."""

        def back() -> Container | None:
            (now,) = [one for one in self.stack.containers(was.service) if one.id == was.id]
            return now if now.pid not in (0, was.pid) and now.health == "healthy" else None

        try:
            found: Container = until(back, f"{was.name} is healthy again")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.stack.logs(was)}") from None
        return found

    @property
    def _image(self) -> str:
        """One that has a Python."""
        (container,) = self.stack.inspect(self.stack.containers("registry-api")[0].id)
        return str(container["Config"]["Image"])


def until(condition: Callable[[], Any], what: str, within: float = 300.0) -> Any:
    """Waits for a condition to give something true, and returns it. The time is only a bound against hanging."""
    deadline = time.monotonic() + within
    last: Any = None
    while time.monotonic() < deadline:
        try:
            if last := condition():
                return last
        except (Silence, Failed, httpx.HTTPError) as error:
            last = error
        time.sleep(0.2)
    raise AssertionError(f"did not come true: {what}; last seen: {last!r}")


def ok(answer: httpx.Response, status: int = 200) -> Any:
    """The answer's body; the body is the message when the status is another."""
    assert answer.status_code == status, answer.text
    return json.loads(answer.content)
