"""The table of people. Columns that tell who somebody is are marked `personal`: no audit entry holds their values."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.mapping import RegistryTable
from shared.codes import BirthYearSource, ConsentPurpose, NikAbsence, Sex
from shared.database import code_list
from shared.events.envelope import Part
from shared.mapping import Stored

PERSONAL = {"personal": True}
IDENTIFYING = ("name", "sort_name", "nik", "nik_index", "phone", "birth_date")
"""Columns that an erasure empties."""


class Consent(Part):
    """A use of their data that a person agreed to, from a day on; `withdrawn_on`: first day it no longer held."""

    purpose: ConsentPurpose
    given_on: date
    withdrawn_on: date | None = None


class Person(RegistryTable):
    """A person as they are known today. `sequence` is the record's version and its ETag.

    `nik` and `phone` are sealed (`people.keys`); `nik_index` finds a NIK without opening any. Either the birth date is
    known, or the year alone with how it is known; `birth_year` holds the year in both cases. `village_*` is where the
    person lives, null if not known or abroad; `kept_*` is who keeps the record. The NIK is not unique: two areas that do
    not see each other may both register a person, and link the two records later (`duplicate_of`).
    """

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sequence: Mapped[int] = mapped_column()
    name: Mapped[str | None] = mapped_column(Text, info=PERSONAL)
    sort_name: Mapped[str | None] = mapped_column(
        Text(collation="C"), info=PERSONAL, comment="The name as it is searched: no case, no accents"
    )
    nik: Mapped[str | None] = mapped_column(Text(collation="C"), info=PERSONAL, comment="Sealed: AES-256-GCM")
    nik_index: Mapped[str | None] = mapped_column(
        Text(collation="C"), info=PERSONAL, comment="Blind index: HMAC-SHA256 under another key"
    )
    nik_absence: Mapped[NikAbsence | None] = mapped_column(code_list(NikAbsence, "nik_absence"))
    phone: Mapped[str | None] = mapped_column(Text(collation="C"), info=PERSONAL, comment="Sealed: AES-256-GCM")
    sex: Mapped[Sex] = mapped_column(code_list(Sex, "sex"))
    birth_date: Mapped[date | None] = mapped_column(info=PERSONAL)
    birth_year: Mapped[int | None]
    birth_year_source: Mapped[BirthYearSource | None] = mapped_column(code_list(BirthYearSource, "birth_year_source"))
    # No foreign keys to villages and institutions: their share locks would make concurrent registrations wait.
    village_id: Mapped[UUID | None] = mapped_column(Uuid, comment="Village of residence")
    village_code: Mapped[str | None] = mapped_column(Text(collation="C"))
    kept_village_id: Mapped[UUID] = mapped_column(Uuid, comment="Village that keeps the record")
    kept_village_code: Mapped[str] = mapped_column(Text(collation="C"))
    kept_institution_id: Mapped[UUID | None] = mapped_column(
        Uuid, comment="Institution whose operator keeps the record, if one does"
    )
    consents: Mapped[list[Consent]] = mapped_column(Stored(list[Consent]))
    duplicate_of: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id"), comment="The record that stands for this person; never itself a duplicate"
    )
    erased: Mapped[bool]
    voided: Mapped[bool]
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __mapper_args__ = {"version_id_col": sequence, "version_id_generator": False}
    __table_args__ = (
        CheckConstraint(
            f"NOT erased OR num_nonnulls({', '.join(IDENTIFYING)}) = 0", name="erased_without_identity"
        ),
        CheckConstraint("erased OR num_nulls(name, sort_name) = 0", name="named_unless_erased"),
        CheckConstraint("num_nulls(nik, nik_index) IN (0, 2)", name="nik_with_its_index"),
        CheckConstraint("duplicate_of <> id", name="no_duplicate_of_itself"),
        Index("ix_person_village_code", "village_code"),
        Index("ix_person_kept_village_code", "kept_village_code"),
        Index(
            "ix_person_kept_institution_id", "kept_institution_id",
            postgresql_where=text("kept_institution_id IS NOT NULL"),
        ),
        Index("ix_person_nik_index", "nik_index", postgresql_where=text("nik_index IS NOT NULL")),
        Index("ix_person_duplicate_of", "duplicate_of", postgresql_where=text("duplicate_of IS NOT NULL")),
        Index("ix_person_changed_at_id", "changed_at", "id"),
        Index(
            "ix_person_sort_name", "sort_name", postgresql_using="gin", postgresql_ops={"sort_name": "gin_trgm_ops"}
        ),
    )  # fmt: skip
