"""The region of a code in a query, in either system: a bare number says nothing until its system is named."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.models import Region
from services.registry.regions import resolution
from shared.codes import CodeSystem
from shared.language import Text
from shared.problems import BadRequest, Fault
from shared.region_parameters import RegionUnknown, stored_code, unknown


class CodeSystemRequired(BadRequest):
    slug = "code-system-required"
    title = Text("Sebutkan sistem kodenya", "Name the system of the code")


async def coded(session: AsyncSession, text: str, system: CodeSystem | None, on: date | None) -> Region:
    """The region that had a code on a day, today if none is given. A dotted code is Kemendagri's.

    Raises CodeSystemRequired for a bare number without its system, NotARegionCode, RegionUnknown.
    """
    if system is None and text.strip().isdigit():
        raise CodeSystemRequired(errors=[_required(text.strip())])
    code = text.strip().replace(".", "") if system is CodeSystem.BPS else stored_code(text, "code")
    found = await resolution.resolve(session, code, on, system or CodeSystem.KEMENDAGRI)
    if found is None:
        raise RegionUnknown(errors=[_unknown_to_us(code) if system is CodeSystem.BPS else unknown(code, "code")])
    return found.region


def _required(code: str) -> Fault:
    return Fault(
        "code-system-required",
        Text(
            f"«{code}» bisa kode Kemendagri atau kode BPS; angkanya sama, tempatnya sering lain.",
            f"«{code}» may be a code of Kemendagri or of BPS: the same digits, often another place.",
        ),
        Text("Tambahkan system=kemendagri atau system=bps.", "Add system=kemendagri or system=bps."),
        parameter="system",
    )


def _unknown_to_us(code: str) -> Fault:
    return Fault(
        "region-unknown",
        Text(
            f"Kode BPS «{code}» tidak dikenal di sini: hanya provinsi, kabupaten, dan kota di luar Papua.",
            f"The BPS code «{code}» is not known here: only provinces, regencies and cities outside Papua are.",
        ),
        Text("Cari menurut nama: GET /v1/regions?q=nama.", "Look it up by name: GET /v1/regions?q=name."),
        parameter="code",
    )
