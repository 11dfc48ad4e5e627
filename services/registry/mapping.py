"""The common root of registry's mapped tables."""

from sqlalchemy import MetaData

from shared.database import NAMING, Table


class RegistryTable(Table):
    """Root of registry's mapped tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMING)
