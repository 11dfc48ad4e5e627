"""What a region change consists of: one decree may hold several operations, which are applied together.

Regions are named by the codes they have before the change; a region that it founds, by its new code. What lies below a
recoded or transferred region is recoded with it.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from services.registry.partners.fields import RegionCode
from shared.events.envelope import Part
from shared.fields import Name

Existing = Annotated[RegionCode, Field(description="Its code before the change.", examples=["14.71.08"])]
New = Annotated[RegionCode, Field(description="Its code from the change on.", examples=["14.71.13"])]


class FoundedRegion(Part):
    """A region that begins with the change."""

    code: New
    name: Annotated[Name, Field(examples=["Tuah Madani"])]


class RegionSplit(Part):
    """New regions come out of one, which goes on or ends.

    What is registered in a village that ends moves to `records_to`. `rights_follow` names the new regions that the people
    responsible for the old one are responsible for too; the others need rights of their own.
    """

    kind: Literal["split"]
    region: Existing
    into: Annotated[list[FoundedRegion], Field(min_length=1, max_length=100)]
    continues: Annotated[bool, Field(description="Whether the old region goes on, with what is left.")] = True
    rights_follow: Annotated[list[New], Field(max_length=100)] = []
    records_to: New | None = None


class RegionMerge(Part):
    """Regions end and one takes over from them all; what was registered in their villages moves to it."""

    kind: Literal["merge"]
    regions: Annotated[list[Existing], Field(min_length=1, max_length=100, description="Those that end.")]
    into: Annotated[RegionCode, Field(description="The region that takes over.", examples=["32.04.05.2001"])]
    name: Annotated[
        Name | None, Field(description="Its name, if it begins with the merger.", examples=["Cileunyi"])
    ] = None


class RegionRename(Part):
    """A region gets another name."""

    kind: Literal["rename"]
    region: Existing
    name: Annotated[Name, Field(examples=["Kabupaten Toba"])]


class RegionRecode(Part):
    """A region gets another code below the parent it has, and so does what lies below it."""

    kind: Literal["recode"]
    region: Existing
    code: New


class RegionTransfer(Part):
    """A region gets another parent, and with it another code; what lies below it moves along."""

    kind: Literal["transfer"]
    region: Existing
    parent: Annotated[
        RegionCode, Field(description="Parent from the change on, by its code then.", examples=["14.71.13"])
    ]
    code: New


class RegionStatus(Part):
    """A desa becomes a kelurahan, or the other way round: the code says which."""

    kind: Literal["status"]
    region: Existing
    code: New


Operation = Annotated[
    RegionSplit | RegionMerge | RegionRename | RegionRecode | RegionTransfer | RegionStatus, Field(discriminator="kind")
]
Operations: Any = Annotated[list[Operation], Field(min_length=1, max_length=1000)]
