"""PRT-03, active members: members of active institutions who came to something of their own ÷ all of them."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Companion, Definition, Direction
from shared.auth import Right
from shared.language import Text

DEFINITION = Definition(
    code="PRT-03",
    version=1,
    name=Text("Keaktifan anggota", "Active member rate"),
    concept=Text("Partisipasi anggota dalam lembaganya", "Participation of members in their institutions"),
    definition=Text(
        "Anggota berbeda dari lembaga aktif yang dalam periode hadir paling sedikit sekali dalam kegiatan yang "
        "diselenggarakan lembaganya sendiri, dibagi anggota berbeda dari lembaga aktif pada hari terakhir periode.",
        "Distinct members of active institutions who in the period came at least once to an activity held by an "
        "institution of their own, divided by distinct members of active institutions on the period's last day.",
    ),
    numerator_text=Text(
        "Anggota yang hadir dalam kegiatan lembaganya sendiri", "Members who came to an own institution's activity"
    ),
    denominator_text=Text(
        "Anggota bernama lembaga aktif pada hari terakhir periode",
        "Named members of active institutions on the period's last day",
    ),
    population=Text(
        "Anggota bernama dari lembaga lokal terverifikasi yang aktif pada hari terakhir periode",
        "Named members of verified local institutions active on the period's last day",
    ),
    classification=terms.UNDIVIDED,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; keanggotaan pada hari terakhir, kehadiran dalam periode",
        "Month, quarter, semester, year; membership on the last day, attendance within the period",
    ),
    region=Text(
        f"Kedudukan lembaga pada hari terakhir periode. {terms.EACH_ONCE.id}",
        f"The institution's seat on the period's last day. {terms.EACH_ONCE.en}",
    ),
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Bank Dunia SC-IQ, kelompok dan jejaring; butir B.2 pola WKSBM",
        "World Bank SC-IQ, groups and networks; item B.2 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan kehadiran anggota di kegiatan mana pun: kegiatan lembaga lain tidak dihitung.",
        "Not the attendance of members anywhere: activities of other institutions do not count.",
    ),
    notes=(
        Text(
            "Anggota dua lembaga di wilayah yang sama dihitung satu kali.",
            "A member of two institutions of the region counts once.",
        ),
        Text(
            "Anggota yang hanya dilaporkan jumlahnya tidak masuk penyebut: baca bersama named_share.",
            "Members of whom only a number was told leave the denominator: read it with named_share.",
        ),
        Text(
            "Yang keluar atau yang lembaganya tutup sebelum hari terakhir tidak dihitung, walau pernah hadir.",
            "Who left, or whose institution closed, before the last day is not counted, though they came.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.ACTIVE_MEMBERS,
    denominator=terms.MEMBERS,
    multiplier=100,
    dimension=None,
    rights=frozenset({Right.READ_PEOPLE}),
    companions=(
        Companion(
            name="named_share",
            text=Text(
                "Keanggotaan bernama dibagi anggota lembaga aktif (yang lebih besar dari yang dilaporkan dan yang bernama)",
                "Named memberships divided by members of active institutions (the larger of those told and those named)",
            ),
            numerator=terms.NAMED_MEMBERS,
            denominator=terms.ENROLLED,
        ),
    ),
)
