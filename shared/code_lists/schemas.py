"""What crosses HTTP about the lists as a whole; a list itself crosses as `lists.CodeList`."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from shared.code_lists.lists import CodeList, Labels


class CodeListSummary(BaseModel):
    """A list by its newest edition."""

    name: Annotated[str, Field(examples=["ppks"])]
    version: Annotated[str, Field(description="The newest.", examples=["2012"])]
    versions: Annotated[list[str], Field(description="All, oldest first.", examples=[["2012"]])]
    title: Labels
    legal_base: Annotated[str | None, Field(examples=["Peraturan Menteri Sosial Nomor 08 Tahun 2012"])]
    valid_from: date | None
    valid_until: date | None
    size: Annotated[int, Field(description="Entries of the newest edition.", examples=[26])]

    @classmethod
    def of(cls, several: list[CodeList]) -> "CodeListSummary":
        """The summary of a list's editions, oldest first."""
        newest = several[-1]
        return cls(
            name=newest.name, version=newest.version, versions=[edition.version for edition in several],
            title=newest.title, legal_base=newest.legal_base, valid_from=newest.valid_from,
            valid_until=newest.valid_until, size=len(newest.entries),
        )  # fmt: skip


class CodeListIndex(BaseModel):
    """All lists, by name."""

    items: list[CodeListSummary]
