"""What tests about regions share: rows that no decree names, and a load of them."""

from collections.abc import Iterable
from datetime import datetime

from services.registry.regions import loading, table
from services.registry.settings import Settings
from shared import database
from tests.house import House

AT = datetime.fromisoformat("2026-03-15T12:00:00+00:00")


async def load(house: House, rows: Iterable[table.RegionRow], at: datetime = AT) -> loading.Loaded:
    """Loads rows into a house's registry, as the command line does."""
    return await load_into(house.settings("registry"), rows, at)


async def load_into(settings: Settings, rows: Iterable[table.RegionRow], at: datetime = AT) -> loading.Loaded:
    """Loads rows into a registry's database."""
    engine = database.open_engine(settings, pool_size=1)
    try:
        async with database.transaction(database.sessions(engine)) as session:
            return await loading.load(session, rows, at)
    finally:
        await engine.dispose()


def two_thousand_of_one_name() -> list[table.RegionRow]:
    """A made-up district of 32.04 and its 2,000 villages, all of one name."""
    villages = [f"32.04.99.{number}" for number in range(2000, 4000)]
    return [table.row("32.04.99", "Rawa Uji"), *(table.row(code, "Rawa Uji") for code in villages)]
