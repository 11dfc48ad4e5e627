"""STR-02, empowerment reach: active institutions that were trained, guided or equipped in the last twelve months ÷ active."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="STR-02",
    version=1,
    name=Text("Jangkauan pemberdayaan", "Empowerment reach"),
    concept=Text("Strategi pemberdayaan", "The strategy of empowerment"),
    definition=Text(
        "Lembaga aktif yang dalam 12 bulan terakhir menjadi sasaran paling sedikit satu kegiatan selesai berjenis pelatihan, "
        "bimbingan, atau bantuan_sarana, dibagi lembaga aktif.",
        "Active institutions that in the last 12 months were the target of at least one completed activity of kind pelatihan, "
        "bimbingan or bantuan_sarana, divided by active institutions.",
    ),
    numerator_text=Text(
        "Lembaga aktif yang diberdayakan dalam 12 bulan", "Active institutions reached within 12 months"
    ),
    denominator_text=Text("Lembaga aktif pada hari terakhir periode", "Institutions active on the period's last day"),
    population=terms.LOCAL_INSTITUTIONS,
    classification=terms.BY_TYPE,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; 12 bulan sampai dengan bulan terakhir periode",
        "Month, quarter, semester, year; the 12 months up to the period's last month",
    ),
    region=terms.WHERE_SEATED,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Ciri KUBE: pendampingan dan pelatihan; butir E.2.b pola WKSBM",
        "Marks of a KUBE: guidance and training; item E.2.b of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran hasil pelatihan; lembaga yang menyelenggarakan sendiri tidak dihitung sebagai sasaran.",
        "Not a measure of what training achieved; who holds an activity is not thereby its target.",
    ),
    notes=(
        Text(
            "Jendela 12 bulan bergulir, sehingga semua triwulan sebanding.",
            "The window of 12 months rolls, so that all quarters are comparable.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.EMPOWERED,
    denominator=terms.ACTIVE,
    multiplier=100,
    dimension=Dimension.TYPE,
)
