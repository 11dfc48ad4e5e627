"""The OpenAPI document of each service, as its application tells it. Nothing is started and no database is asked."""

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

from fastapi import FastAPI

from shared.clock import SystemClock
from shared.settings import ServiceName, ServiceSettings

FOLDER = Path(__file__).parents[1] / "openapi"
SERVICES: tuple[str, ...] = get_args(ServiceName)


def file_of(service: str) -> Path:
    """Where the document is checked in: `deploy/openapi/registry.json`."""
    return FOLDER / f"{service}.json"


def settings(service: str, database: str = "postgresql://localhost:9/nowhere") -> ServiceSettings:
    """The service's settings that reach nothing but, if it is given, a database."""
    found: ServiceSettings = importlib.import_module(f"services.{service}.settings").Settings.model_validate(
        {
            "kafka_bootstrap_servers": "localhost:9",
            "auth_issuer": "http://localhost",
            "auth_jwks_url": "http://localhost",
            f"{service.upper()}_DATABASE_URL": database,
        }
    )
    return found


def application(service: str) -> FastAPI:
    """The service's application, wired to nothing. A given clock says that the logs of this process are its own affair."""
    created: FastAPI = _module(service).create_app(settings(service), SystemClock())
    return created


def _module(service: str) -> ModuleType:
    """All three are imported, whichever is asked for: the documents list the problems that shared code defines."""
    return {each: importlib.import_module(f"services.{each}.app") for each in SERVICES}[service]


def document(service: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of a service."""
    return application(service).openapi()
