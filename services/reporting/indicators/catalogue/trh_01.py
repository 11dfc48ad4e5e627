"""TRH-01, directed activities: planned before they began, with an objective and a target group ÷ completed activities."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="TRH-01",
    version=1,
    name=Text("Kegiatan terarah", "Directed activities"),
    concept=Text(
        "Kegiatan yang terarah: tujuan dan sasaran ditetapkan dahulu", "Directed work: aimed before it is done"
    ),
    definition=Text(
        "Kegiatan selesai yang rencananya dicatat sebelum hari mulainya, dengan tujuan dan kelompok sasaran, dibagi semua "
        "kegiatan selesai selain tanggap darurat.",
        "Completed activities whose plan was recorded before their first day, with an objective and a target group, divided "
        "by all completed activities but emergency aid.",
    ),
    numerator_text=Text("Kegiatan selesai yang terarah", "Directed completed activities"),
    denominator_text=Text(
        "Kegiatan selesai selain tanggap darurat", "Completed activities other than emergency aid (tanggap_darurat)"
    ),
    population=Text(
        "Kegiatan selesai selain tanggap_darurat, juga dari penyelenggara yang belum terverifikasi",
        "Completed activities other than tanggap_darurat, also those of organisers not yet verified",
    ),
    classification=terms.BY_KIND,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.FLOW,
    region=terms.WHERE_HELD,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "SAKIP, sasaran sebelum pelaksanaan; butir C.2 «terarah» pola WKSBM",
        "SAKIP, target before realisation; item C.2 «terarah» of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran tercapainya tujuan: hanya bahwa tujuan dan sasaran sudah ditetapkan sebelum kegiatan dimulai.",
        "Not a measure of objectives reached: only that objective and target were set before the activity began.",
    ),
    notes=(
        Text(
            "Rencana yang dicatat pada hari mulai bukan sebelum hari mulai.",
            "A plan recorded on the first day is not recorded before it.",
        ),
        Text(
            "Kelompok sasaran: anggota, jenis PPKS, atau keduanya.",
            "The target group: members, kinds of PPKS, or both.",
        ),
        Text(
            "Tanggap darurat tidak dapat direncanakan: tidak masuk pembilang maupun penyebut.",
            "Emergency aid cannot be planned: it leaves both sums.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.DIRECTED,
    denominator=terms.DIRECTABLE,
    multiplier=100,
    dimension=Dimension.KIND,
)
