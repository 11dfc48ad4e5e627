"""SAR-01, facility adequacy: active institutions with a usable item in each of the three classes ÷ active institutions."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="SAR-01",
    version=1,
    name=Text("Kecukupan sarana prasarana", "Facility adequacy"),
    concept=Text("Sarana prasarana lembaga", "What institutions have to work with"),
    definition=Text(
        "Lembaga aktif dengan paling sedikit satu sarana layak pakai dalam setiap kelas (tempat, alat, administrasi), dibagi "
        "lembaga aktif. Layak pakai: baik atau rusak ringan menurut pemeriksaan terakhir, yang kurang dari 12 bulan.",
        "Active institutions with at least one usable item in each class (tempat, alat, administrasi), divided by active "
        "institutions. Usable: baik or rusak ringan by the newest check, which is less than 12 months old.",
    ),
    numerator_text=Text(
        "Lembaga aktif dengan sarana layak pakai dalam ketiga kelas",
        "Active institutions with a usable item in all three classes",
    ),
    denominator_text=Text("Lembaga aktif pada hari terakhir periode", "Institutions active on the period's last day"),
    population=terms.LOCAL_INSTITUTIONS,
    classification=terms.BY_TYPE,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.AT_END,
    region=terms.WHERE_SEATED,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "SPM bidang sosial, WKSBM yang menyediakan sarana prasarana (target 60 persen); butir C.1 dan C.2 pola WKSBM",
        "Minimum service standards of the social sector, WKSBM that provide facilities (target 60 per cent); items C.1 and "
        "C.2 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan jumlah atau nilai sarana: sepuluh alat tidak menggantikan tempat.",
        "Not a number or a value of facilities: ten tools do not make up for a place.",
    ),
    notes=(
        Text(
            "Pemeriksaan yang lebih baru mengakhiri yang lama; sarana yang tidak diperiksa selama 12 bulan tidak dihitung.",
            "A newer check ends the older one; an item that was not checked for 12 months does not count.",
        ),
        terms.EXPIRES,
    ),
    direction=Direction.UP,
    numerator=terms.EQUIPPED,
    denominator=terms.ACTIVE,
    multiplier=100,
    dimension=Dimension.TYPE,
)
