"""The code of a region of any level, as a field."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from shared.language import Text
from shared.region_codes import region_code
from shared.validation import Invalid


def _kemendagri(value: str) -> str:
    try:
        return region_code(value)
    except ValueError as error:
        raise Invalid(
            "region-code-malformed",
            Text("Bukan kode wilayah Kemendagri.", f"Not a Kemendagri region code: {error}"),
            Text(
                "Tulis 2, 4, 6, atau 10 angka, misalnya 32.04 atau 3204052001, atau ID untuk nasional.",
                "Write 2, 4, 6 or 10 digits, such as 32.04 or 3204052001, or ID for the whole country.",
            ),
        ) from error


RegionCode = Annotated[str, StringConstraints(max_length=40), AfterValidator(_kemendagri), Field(examples=["32.04"])]
"""A Kemendagri code of any level in any of its spellings, kept in the stored one; `ID` is the nation."""
