"""Region codes in addresses and parameters: how a wrong one is answered. Knows no table."""

from shared.language import Text
from shared.problems import BadRequest, Fault, NotFound
from shared.region_codes import region_code


class NotARegionCode(BadRequest):
    slug = "not-a-region-code"
    title = Text("Ini bukan kode wilayah Kemendagri", "This is no Kemendagri region code")


class RegionUnknown(BadRequest):
    """A parameter names a region that does not exist: a slip must not look like an area without anything."""

    slug = "region-unknown"
    title = Text("Kode wilayah tidak dikenal", "The region code is not known")


class NoSuchRegion(NotFound):
    """The address itself names a region that does not exist."""

    slug = "region-unknown"
    title = Text("Kode wilayah tidak dikenal", "The region code is not known")


def stored_code(text: str, parameter: str) -> str:
    """The stored spelling of a code. Raises NotARegionCode naming the parameter."""
    try:
        return region_code(text)
    except ValueError as error:
        raise NotARegionCode(
            errors=[
                Fault(
                    "not-a-region-code",
                    Text(f"«{text}» bukan kode wilayah Kemendagri.", str(error)),
                    Text(
                        "Tulis 2, 4, 6, atau 10 angka, seperti 11.01.01.2001 atau 1101012001, atau ID untuk nasional.",
                        "Write 2, 4, 6 or 10 digits, like 11.01.01.2001 or 1101012001, or ID for the whole country.",
                    ),
                    parameter=parameter,
                )
            ]
        ) from error


def unknown(code: str, parameter: str) -> Fault:
    """The fault of a code that no region has, for RegionUnknown and NoSuchRegion."""
    return Fault(
        "region-unknown",
        Text(f"Tidak ada wilayah berkode «{code}».", f"There is no region with the code «{code}»."),
        Text(
            "Cari kodenya menurut nama di registry: GET /v1/regions?q=nama.",
            "Look up its code by name in registry: GET /v1/regions?q=name.",
        ),
        parameter=parameter,
    )
