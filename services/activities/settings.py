"""Settings of activities, from the environment."""

from typing import Annotated, Literal

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Settings of activities; `database_url` is read from `ACTIVITIES_DATABASE_URL`."""

    service: Literal["activities"] = "activities"
    database_url: Annotated[str, Field(validation_alias="ACTIVITIES_DATABASE_URL")]
    owner_database_url: Annotated[str | None, Field(validation_alias="ACTIVITIES_OWNER_DATABASE_URL")] = None
    village_report_due_day: Annotated[
        int, Field(ge=1, le=28, description="Day of the following month until which a village's report is in time.")
    ] = 10
    series_months_ahead: Annotated[
        int, Field(ge=1, le=36, description="Months up to which occurrences of series are planned ahead.")
    ] = 12
