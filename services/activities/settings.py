"""Settings of activities, from the environment."""

from typing import Annotated

from pydantic import Field

from shared.settings import DatabaseAddress, OwnerAddress, ServiceSettings
from shared.settings_types import ReadBy


class Settings(ServiceSettings):
    """Settings of activities; `database_url` is read from `ACTIVITIES_DATABASE_URL`."""

    service = "activities"
    database_url: Annotated[DatabaseAddress, Field(validation_alias="ACTIVITIES_DATABASE_URL")]
    owner_database_url: Annotated[OwnerAddress, Field(validation_alias="ACTIVITIES_OWNER_DATABASE_URL")] = None
    village_report_due_day: Annotated[
        int,
        Field(ge=1, le=28, description="Day of the following month until which a village's report is in time."),
        ReadBy(("API",)),
    ] = 10
    series_months_ahead: Annotated[
        int,
        Field(ge=1, le=36, description="Months up to which occurrences of series are planned ahead."),
        ReadBy(("API", "worker")),
    ] = 12
