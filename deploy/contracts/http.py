"""The OpenAPI document of each service, as its application tells it. Nothing is started and no database is asked."""

import importlib
from pathlib import Path
from typing import Any, get_args

from shared.settings import ServiceName

FOLDER = Path(__file__).parents[1] / "openapi"
SERVICES: tuple[str, ...] = get_args(ServiceName)


def file_of(service: str) -> Path:
    """Where the document is checked in: `deploy/openapi/registry.json`."""
    return FOLDER / f"{service}.json"


def application(service: str) -> Any:
    """The service's application with settings that reach nothing."""
    nowhere = {
        "kafka_bootstrap_servers": "localhost:9",
        "auth_issuer": "http://localhost",
        "auth_jwks_url": "http://localhost",
        f"{service.upper()}_DATABASE_URL": "postgresql://localhost:9/nowhere",
    }
    settings = importlib.import_module(f"services.{service}.settings").Settings.model_validate(nowhere)
    return importlib.import_module(f"services.{service}.app").create_app(settings)


def document(service: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a service."""
    found: dict[str, Any] = application(service).openapi()
    return found
