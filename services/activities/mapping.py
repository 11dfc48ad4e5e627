"""The common root of activities' mapped tables."""

from sqlalchemy import MetaData

from shared.database import NAMING, Table


class ActivitiesTable(Table):
    """Root of activities' mapped tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)
