"""The copy of what registry announced about networks and their members, partners, and local cultural values.

Each row is its subject's newest event. What it refers to may be announced later: joined when it is read, no foreign keys.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.activities.mapping import ActivitiesTable

_CODE = "A code of registry's; not checked anew here"
_SPELLS = "[{since, until}], until exclusive or null"


class KnownNetwork(ActivitiesTable):
    """A WKSBM network: where it works and when it is at work."""

    __tablename__ = "known_network"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, comment=_CODE)
    territory: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{village_id, part, since, until}], until exclusive or null"
    )
    active: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment=_SPELLS)
    voided: Mapped[bool]

    __table_args__ = (
        Index(
            "ix_known_network_territory",
            "territory",
            postgresql_using="gin",
            postgresql_ops={"territory": "jsonb_path_ops"},
        ),
    )


class KnownNetworkMembership(ActivitiesTable):
    """An institution's membership of a network."""

    __tablename__ = "known_network_membership"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    network_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    institution_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    spells: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment=_SPELLS)
    voided: Mapped[bool]


class KnownPartner(ActivitiesTable):
    """A partner; one that is a person has no name here."""

    __tablename__ = "known_partner"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(Text, comment=_CODE)
    name: Mapped[str | None] = mapped_column(Text)
    region_id: Mapped[UUID] = mapped_column(Uuid, comment="The region it belongs to, of any level")
    voided: Mapped[bool]


class KnownCulturalValue(ActivitiesTable):
    """A local cultural value, where it is practised and how it lives on."""

    __tablename__ = "known_cultural_value"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    village_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    states: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{state, since}], oldest first")
    voided: Mapped[bool]
