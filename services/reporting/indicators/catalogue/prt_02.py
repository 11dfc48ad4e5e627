"""PRT-02, attendance rate: attended ÷ invited over completed activities that have both numbers."""

from dataclasses import replace

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="PRT-02",
    version=1,
    name=Text("Tingkat kehadiran", "Attendance rate"),
    concept=Text("Partisipasi masyarakat dalam kegiatan sosial", "Participation of the community in social activities"),
    definition=Text(
        "Jumlah orang yang hadir dibagi jumlah orang yang diundang, dalam kegiatan selesai yang mencatat jumlah undangan.",
        "People who attended divided by people who were invited, over completed activities with an invited number.",
    ),
    numerator_text=Text("Jumlah kehadiran (orang-kali)", "Attendances (person-times)"),
    denominator_text=Text("Jumlah undangan (orang-kali)", "Invitations (person-times)"),
    population=Text(
        "Kegiatan selesai yang mencatat jumlah undangan dan jumlah hadir",
        "Completed activities with both an invited and an attended number",
    ),
    classification=terms.BY_KIND,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.FLOW,
    region=terms.WHERE_HELD,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Bank Dunia SC-IQ, dimensi kelompok dan jejaring; butir B.2 pola WKSBM",
        "World Bank SC-IQ, groups and networks; item B.2 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan jumlah peserta unik: orang yang hadir dua kali dihitung dua kali.",
        "Not a number of distinct participants: who attends twice counts twice.",
    ),
    notes=(
        Text(
            "Hadir tanpa undangan dapat membuat nilai di atas 100: tidak dipotong, ditandai over_100.",
            "Walk-ins can make it exceed 100: it is not capped but flagged over_100.",
        ),
        Text(
            "Kegiatan tanpa jumlah undangan tidak masuk pembilang maupun penyebut.",
            "Activities without an invited number leave both sums.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.ATTENDED,
    denominator=terms.INVITED,
    multiplier=100,
    dimension=Dimension.KIND,
    may_exceed=True,
)

SECOND = replace(
    DEFINITION,
    version=2,
    definition=Text(
        "Jumlah orang yang hadir dibagi jumlah orang yang diundang, dalam kegiatan selesai yang mencatat jumlah undangan. "
        "Yang hadir: jumlah yang dihitung, atau orang yang tercatat dengan nama bila lebih banyak.",
        "People who attended divided by people who were invited, over completed activities with an invited number. Attended: "
        "the number counted, or the people named in attendance sheets if they are more.",
    ),
    population=Text(
        "Kegiatan selesai yang mencatat jumlah undangan, dan jumlah hadir atau daftar hadir bernama",
        "Completed activities with an invited number, and an attended number or sheets that name who came",
    ),
)
"""Named attendance came: who is named in sheets was there."""
