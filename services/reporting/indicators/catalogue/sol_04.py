"""SOL-04, PPKS coverage: distinct persons, families or communities served ÷ those on record at the start of the year."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.auth import Right
from shared.codes import BeneficiaryUnit
from shared.language import Text

_NUMERATOR, _DENOMINATOR = terms.SERVED_UNITS[BeneficiaryUnit.PERORANGAN]
DEFINITION = Definition(
    code="SOL-04",
    version=1,
    name=Text("Cakupan PPKS terlayani", "PPKS coverage"),
    concept=Text(
        "Pelayanan bagi pemerlu pelayanan kesejahteraan sosial", "Service to those who need social welfare services"
    ),
    definition=Text(
        "PPKS berbeda yang menerima paling sedikit satu bantuan dalam periode, dibagi PPKS yang tercatat di wilayah pada "
        "awal tahun; perorangan, keluarga, dan komunitas masing-masing (unit).",
        "Distinct PPKS with at least one benefit in the period, divided by the PPKS on record in the region at the start "
        "of the year; persons, families and communities each by itself (unit).",
    ),
    numerator_text=Text("PPKS berbeda yang menerima bantuan", "Distinct PPKS who received help"),
    denominator_text=Text(
        "PPKS tercatat pada awal tahun menurut data rujukan",
        "PPKS on record at the start of the year by reference data",
    ),
    population=Text(
        "Penerima yang pada hari bantuan diberikan tercatat berjenis PPKS",
        "Beneficiaries of whom a kind of PPKS was recorded on the day help was given",
    ),
    classification=Text("Menurut jenis PPKS (ppks) dan satuan (unit)", "By kind of PPKS (ppks) and unit (unit)"),
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; menurut hari bantuan diberikan; penyebut beku sepanjang tahun",
        "Month, quarter, semester, year; by the day on which help was given; the denominator is frozen for the year",
    ),
    region=Text(
        f"Desa tempat bantuan diberikan. {terms.EACH_ONCE.id}",
        f"The village where help was given. {terms.EACH_ONCE.en}",
    ),
    missing=Text(
        f"Data dasar belum diisi: kosong dengan alasan reference_missing, pembilang tetap ada; {terms.SILENCE.id}",
        f"No baseline told: null with the reason reference_missing, the numerator is there; {terms.SILENCE.en}",
    ),
    source=Text(
        "SPM bidang sosial (PMKS yang mengikuti KUBE dibagi yang seharusnya, 5.400/45.000 = 12 persen); butir C.1 pola WKSBM",
        "SPM of the social sector (PMKS who joined a KUBE divided by those who should, 5,400/45,000 = 12 per cent); item "
        "C.1 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan jumlah layanan: yang dibantu dua kali dihitung satu kali. Jenis tidak saling lepas: jangan dijumlahkan.",
        "Not a number of services: who was helped twice counts once. Kinds are not exclusive: never add them.",
    ),
    notes=(
        Text(
            "Semua jenis bersama-sama dihitung sendiri, bukan jumlah menurut jenis.",
            "All kinds together are counted by themselves, not as the sum over kinds.",
        ),
        Text(
            "Dapat melebihi 100 bila yang dibantu tidak tercatat dalam data dasar: tidak dipotong, ditandai over_100.",
            "It can exceed 100 where people outside the baseline are served: it is not capped but flagged over_100.",
        ),
    ),
    direction=Direction.UP,
    numerator=_NUMERATOR,
    denominator=_DENOMINATOR,
    multiplier=100,
    dimension=Dimension.PPKS,
    units=terms.SERVED_UNITS,
    rights=frozenset({Right.READ_PEOPLE, Right.READ_BENEFITS}),
    may_exceed=True,
)
