"""What is odd about a record and yet may be so: told in its answers, and never a reason to refuse it."""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field

from shared.language import Language, Text


class Warning(NamedTuple):
    """One oddity: the field it is about, a stable code, and what it is."""

    pointer: str
    code: str
    message: Text

    def told(self, language: Language) -> "WarningOut":
        """The oddity as it crosses HTTP."""
        return WarningOut(pointer=self.pointer, code=self.code, message=self.message.to(language))


class WarningOut(BaseModel):
    """What is odd about the record and yet may be so."""

    pointer: Annotated[str, Field(description="The field, as a JSON pointer.", examples=["/sex"])]
    code: Annotated[str, Field(examples=["nik-tells-another-sex"])]
    message: Annotated[str, Field(examples=["Menurut NIK jenis kelaminnya lain. Periksa keduanya pada KTP."])]
