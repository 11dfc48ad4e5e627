"""The one Alembic environment of all services; each service's versions lie in its own `migrations/versions`."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from shared.settings import ServiceSettings


def config(settings: ServiceSettings) -> Config:
    """Alembic's configuration for one service's database."""
    found = Config(str(Path(__file__).with_name("alembic.ini")), ini_section=settings.service)
    found.attributes["settings"] = settings
    return found


def upgrade(settings: ServiceSettings, revision: str = "head") -> None:
    """Migrates the service's database. Blocks; do not call inside an event loop's thread."""
    command.upgrade(config(settings), revision)
