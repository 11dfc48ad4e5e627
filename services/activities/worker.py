"""Activities' worker: the relay that publishes the outbox, the consumer of what registry announces, what follows it,
and series kept ahead."""

from collections.abc import Awaitable, Callable

from services.activities import gauges
from services.activities.batches import claims
from services.activities.known import following, registry
from services.activities.series import keeping
from services.activities.settings import Settings
from shared import audit_seal, database, housekeeping, watermark, worker
from shared.clock import SystemClock
from shared.consumer import Consumer
from shared.relay import Relay


def parts(
    settings: Settings, *, fault: Callable[[str], None] = lambda point: None
) -> dict[str, Callable[[], Awaitable[None]]]:
    """What runs side by side in this process. `fault` is called at named points; tests end the process there."""

    async def consume() -> None:
        engine = database.open_engine(settings, pool_size=2, limits=database.FOR_WORKERS)
        try:
            await Consumer(settings, engine, registry.CONTRACTS, registry.apply, fault).run()
        finally:
            await engine.dispose()

    async def follow_regions() -> None:
        engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS)
        try:
            await following.run(engine)
        finally:
            await engine.dispose()

    async def keep_series() -> None:
        engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS)
        try:
            await keeping.run(engine, SystemClock(), settings.series_months_ahead, fault)
        finally:
            await engine.dispose()

    async def follow() -> None:
        engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS)
        try:
            await watermark.follow(settings, engine, [gauges.SOURCE], registry.CONTRACTS)
        finally:
            await engine.dispose()

    return {
        "relay": Relay(settings, fault).run,
        "consumer": consume,
        "following": follow_regions,
        "series": keep_series,
        "watermark": follow,
        "seals": lambda: audit_seal.run(settings),
        "housekeeping": lambda: housekeeping.run(settings, others=[claims.forget]),
    }


def main() -> None:
    """Runs the worker until it is told to stop."""
    settings = Settings.of_process()
    engine = database.open_engine(settings, pool_size=1, limits=database.FOR_WORKERS)
    worker.run(settings, parts(settings), lambda: gauges.observe(engine, SystemClock().now()))


if __name__ == "__main__":
    main()
