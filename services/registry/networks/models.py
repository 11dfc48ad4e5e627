"""Tables of networks: the record, and the villages by which its area scope is decided."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import NetworkStatus
from shared.database import code_list
from shared.events.envelope import Spell
from shared.events.institutions import Term
from shared.events.networks import AbsorbedNetwork, Legalisation, Territory
from shared.mapping import Stored


class KeptLegalisation(Legalisation):
    """A legalisation as it is stored: with an id, by which a later one can correct it."""

    id: UUID


class Network(RegistryTable):
    """A WKSBM network as it stands.

    `territory` are its villages over time, or parts of them in words; `network_place` holds the same villages for the
    area scope, and `networks.territory` writes both. `initiated_on`: first day of its beginnings; `formed_on`: day its
    management was formed; `active`: its days at work; `ended_on`: first day after its dissolution or merger. `management`
    repeats the terms of `network_officer`, so that an event needs no query. `sequence` is its version and its ETag.
    """

    __tablename__ = "network"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(Text)
    local_name: Mapped[str | None] = mapped_column(Text)
    territory: Mapped[list[Territory]] = mapped_column(Stored(list[Territory]))
    status: Mapped[NetworkStatus] = mapped_column(code_list(NetworkStatus, "status"))
    initiated_on: Mapped[date]
    formed_on: Mapped[date | None]
    legalisations: Mapped[list[KeptLegalisation]] = mapped_column(Stored(list[KeptLegalisation]))
    active: Mapped[list[Spell]] = mapped_column(Stored(list[Spell]))
    ended_on: Mapped[date | None]
    management: Mapped[list[Term]] = mapped_column(Stored(list[Term]))
    absorbed: Mapped[list[AbsorbedNetwork]] = mapped_column(Stored(list[AbsorbedNetwork]))
    successor_id: Mapped[UUID | None] = mapped_column(Uuid, comment="What it was merged into")
    makers: Mapped[list[str]] = mapped_column(
        Stored(list[str]),
        comment="Token subjects of all who wrote what a legalisation covers: they may not legalise",
        # Also who wrote a member or a term of it: that is told by the entries about those.
        info={"audited": False},
    )
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), comment="The name without case and accents")
    search_text: Mapped[str] = mapped_column(Text, comment="Name and local name as they are searched")

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        Index("ix_network_sort_name_id", "sort_name", "id"),
        Index("ix_network_changed_at_id", "changed_at", "id"),
        Index("ix_network_formed_on_id", "formed_on", "id", postgresql_where=text("status = 'dibentuk'")),
        Index("ix_network_legalised_until", text("((legalisations -> -1) ->> 'until')"), "id"),
        Index(
            "ix_network_search_text", "search_text", postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )  # fmt: skip


class NetworkPlace(RegistryTable):
    """A village that a network works in, or did: it is seen from every one of them."""

    __tablename__ = "network_place"

    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"), primary_key=True)
    village_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    village_code: Mapped[str] = mapped_column(
        Text(collation="C"), index=True, comment="Its code, by which the area scope is decided"
    )
