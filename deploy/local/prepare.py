"""Topics and tables of this version, in one process: `wahana topics create` and the three Alembic upgrades.

One process instead of four, because starting Python and importing the services is most of their work.
"""

import asyncio
import importlib

from deploy.local.settings import SERVICES
from shared import kafka, migrations
from shared.settings import ServiceSettings, SharedSettings


def main() -> None:
    """Repeating changes nothing."""
    for service in SERVICES:
        settings: ServiceSettings = importlib.import_module(f"services.{service}.settings").Settings.of_process()
        migrations.upgrade(settings)
        print(f"{service}: tables are at the newest migration")
    created = asyncio.run(kafka.create_topics(SharedSettings.of_process()))
    print(f"topics created: {', '.join(created) or 'none'}")


if __name__ == "__main__":
    main()
