"""What a region says of itself to the other services."""

from services.registry.models import Region
from shared.codes import CodeSystem
from shared.events import registry


def region(row: Region) -> registry.Region:
    """The public state of a region. Its one code is valid since before the records begin."""
    return registry.Region(
        level=row.level,
        kind=row.kind,
        name=row.name,
        time_zone=row.time_zone,
        codes=[registry.RegionCode(system=CodeSystem.KEMENDAGRI, code=row.code, decree=row.decree)],
        lineage=[registry.Lineage(ancestors=row.ancestors)],
        since=row.since,
        until=row.until,
    )
