"""What registry publishes about people, families, communities, memberships and officers: random ids, and no names.

A person crosses as a random id, sex, birth year and village (`design.md` §2). These topics have access rules of their own.
"""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from annotated_types import Interval
from pydantic import Field, NonNegativeInt

from shared.codes import CommunityKind, FamilyRole, Role, Sex
from shared.events.envelope import Part, State

Year = Annotated[int, Interval(ge=1850, le=2100)]


class Person(State):
    """A person without anything that identifies them. A duplicate keeps its facts and names who it really is."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "person"
    FACTS: ClassVar[tuple[str, ...]] = ("registered", "changed", "linked", "unlinked", "erased", "voided")

    sex: Sex
    birth_year: Annotated[Year | None, Field(examples=[1987])] = None
    village_id: Annotated[UUID | None, Field(description="Village of residence; null: not known.")] = None
    duplicate_of: Annotated[UUID | None, Field(description="The person this record is really about.")] = None
    erased: Annotated[bool, Field(description="What identified the person was removed at their request.")] = False
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class FamilyMember(Part):
    """A person's place in a family over `[since, until)`; null `since`: from the beginning."""

    person_id: UUID
    role: FamilyRole
    since: date | None = None
    until: date | None = None


class Family(State):
    """A family; its head is a role that somebody has or nobody."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "family"
    FACTS: ClassVar[tuple[str, ...]] = ("registered", "changed", "voided")

    village_id: UUID
    members: list[FamilyMember] = []
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Community(State):
    """A community that is counted as one, such as a komunitas adat terpencil."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "community"
    FACTS: ClassVar[tuple[str, ...]] = ("registered", "changed", "voided")

    kind: CommunityKind
    village_id: UUID
    households: Annotated[NonNegativeInt | None, Field(description="As told; null: not known.", examples=[42])] = None
    people: Annotated[NonNegativeInt | None, Field(description="As told; null: not known.", examples=[160])] = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class MembershipSpell(Part):
    """Days of membership `[since, until)`: from the day of joining to the first day no longer a member."""

    since: date
    until: date | None = None


class Membership(State):
    """A person's membership of an institution, with every spell of it."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "membership"
    FACTS: ClassVar[tuple[str, ...]] = ("joined", "left", "rejoined", "corrected", "voided")

    person_id: UUID
    institution_id: UUID
    spells: list[MembershipSpell]
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False


class Officer(State):
    """A person's term in a role of an institution, over `[since, until)`."""

    SERVICE: ClassVar[str] = "registry"
    NOUN: ClassVar[str] = "officer"
    FACTS: ClassVar[tuple[str, ...]] = ("appointed", "corrected", "left_office", "voided")

    person_id: UUID
    institution_id: UUID
    role: Role
    since: date
    until: date | None = None
    voided: Annotated[bool, Field(description="An entry error: it counts nowhere.")] = False
