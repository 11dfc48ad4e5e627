"""Registry's worker: the relay that publishes the outbox, the seals of the audit trail, and housekeeping. Registry consumes nothing."""

from collections.abc import Awaitable, Callable

from services.registry.settings import Settings
from shared import audit_seal, backlog, database, housekeeping, worker
from shared.clock import SystemClock
from shared.relay import Relay


def parts(
    settings: Settings, *, fault: Callable[[str], None] = lambda point: None
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs side by side in this process. `fault` is called at named points; tests end the process there."""
    return {
        "relay": Relay(settings, fault).run,
        "seals": lambda: audit_seal.run(settings),
        "housekeeping": lambda: housekeeping.run(settings),
    }


def main() -> None:
    """Runs the worker until it is told to stop."""
    settings = Settings.of_process()
    engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS)
    worker.run(settings, parts(settings), lambda: backlog.observe(engine, SystemClock().now()))


if __name__ == "__main__":
    main()
