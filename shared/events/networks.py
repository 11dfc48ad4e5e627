"""What registry publishes about WKSBM networks, partners and local cultural values. Names of people never leave it."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field, NonNegativeInt

from shared.codes import ContributionKind, NetworkStatus, PartnerKind, ValueKind, ValueState
from shared.events.envelope import Part, Spell, State
from shared.events.institutions import Term


class Territory(Part):
    """A village a network works in over `[since, until)`, or a part of one in words; null `since`: from the beginning."""

    village_id: UUID
    part: Annotated[str | None, Field(examples=["Padukuhan Karangasem"])] = None
    since: date | None = None
    until: date | None = None


class Legalisation(Part):
    """The lurah's pengesahan, valid over `[since, until)`; `until` null: no end is set."""

    number: Annotated[str, Field(examples=["141/07/SK/2026"])]
    since: date
    until: Annotated[
        date | None, Field(description="First day it was no longer valid: the day after `valid_until`.")
    ] = None


class AbsorbedNetwork(Part):
    """A network that was merged into this one; its own last event tells its days at work."""

    network_id: UUID
    merged_on: Annotated[date, Field(description="First day on which it was part of this one.")]


class Network(State):
    """A WKSBM: the network of a place's institutions, with its own management and legalisation."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "network"
    FACTS: ClassVar[tuple[str, ...]] = (
        "registered", "changed", "formed", "legalised", "activated", "made_dormant", "reactivated", "dissolved", "merged",
        "absorbed", "management_changed", "voided",
    )  # fmt: skip

    name: str
    local_name: str | None = None
    status: NetworkStatus
    territory: Annotated[list[Territory], Field(min_length=1)]
    initiated_on: Annotated[date | None, Field(description="First day of its beginnings.")] = None
    formed_on: Annotated[date | None, Field(description="Day its management was formed; null before.")] = None
    active: Annotated[list[Spell], Field(description="Days at work, less dormant spells.")] = []
    legalisations: list[Legalisation] = []
    management: Annotated[list[Term], Field(description="Terms of its management, without who they are.")] = []
    absorbed: Annotated[list[AbsorbedNetwork], Field(description="Networks that were merged into this one.")] = []
    successor_id: Annotated[UUID | None, Field(description="The network it was merged into.")] = None
    ended_on: Annotated[date | None, Field(description="First day after its dissolution or merger; null before.")] = (
        None
    )
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class NetworkMembership(State):
    """An institution's membership of a network, with every spell of it."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "network-membership"
    FACTS: ClassVar[tuple[str, ...]] = ("joined", "left", "rejoined", "corrected", "delegates_changed", "voided")

    network_id: UUID
    institution_id: UUID
    spells: list[Spell]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Partner(State):
    """A partner that supports institutions and networks; the name of one that is a person stays in registry."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "partner"
    FACTS: ClassVar[tuple[str, ...]] = ("registered", "changed", "voided")

    kind: PartnerKind
    name: Annotated[str | None, Field(description="Null for kind `perorangan`.")] = None
    region_id: Annotated[UUID, Field(description="The region it belongs to, of any level.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Contribution(Part):
    """What an agreement promises; `value` in whole rupiah, null: not stated."""

    kind: ContributionKind
    value: Annotated[NonNegativeInt | None, Field(examples=[25000000])] = None


class Partnership(State):
    """An agreement of a partner with institutions or networks, in force over `[since, until)`."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "partnership"
    FACTS: ClassVar[tuple[str, ...]] = ("agreed", "changed", "ended", "reinstated", "voided")

    partner_id: UUID
    institution_ids: list[UUID] = []
    network_ids: list[UUID] = []
    region_ids: Annotated[list[UUID], Field(description="Areas covered, of any level.")] = []
    since: date
    until: Annotated[date | None, Field(description="First day no longer in force; null: no end is set.")] = None
    contributions: list[Contribution] = []
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class ValueSpell(Part):
    """How a value was lived from a day on, until the next."""

    state: ValueState
    since: date


class CulturalValue(State):
    """A local cultural value, where it is practised and how it lives on."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "cultural-value"
    FACTS: ClassVar[tuple[str, ...]] = ("registered", "changed", "state_observed", "state_corrected", "voided")

    name: str
    local_name: str | None = None
    kind: ValueKind
    village_ids: Annotated[list[UUID], Field(min_length=1, description="Villages where it is practised.")]
    institution_ids: Annotated[list[UUID], Field(description="Institutions that practise it.")] = []
    states: Annotated[list[ValueSpell], Field(min_length=1, description="Oldest first.")]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
