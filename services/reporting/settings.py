"""Settings of reporting, from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import DatabaseAddress, OwnerAddress, ServiceSettings

SOURCES = ("registry", "activities")
"""Services whose events the numbers are made of."""


class Settings(ServiceSettings):
    """Settings of reporting; `database_url` is read from `REPORTING_DATABASE_URL`."""

    service = "reporting"
    database_url: Annotated[DatabaseAddress, Field(validation_alias="REPORTING_DATABASE_URL")]
    owner_database_url: Annotated[OwnerAddress, Field(validation_alias="REPORTING_OWNER_DATABASE_URL")] = None
    statistics_from: Annotated[
        str,
        Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="First month with numbers; earlier ones fold into it."),
    ] = "2015-01"
