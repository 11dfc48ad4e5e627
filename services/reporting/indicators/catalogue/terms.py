"""The terms that formulas are made of, and the texts that several definitions share."""

from services.reporting.indicators.definitions import Companion, Dimension, ReferenceData, Referred, Taken, Term
from services.reporting.measures import (
    ACTIVITY,
    BENEFICIARY,
    INSTITUTION,
    KIND_NUMBER,
    MEMBER,
    PARTICIPANT,
    RESOURCE,
    SERVED,
    SOURCE_NUMBER,
    VALUE,
    VILLAGE,
)
from services.reporting.measures.completeness import ITEMS
from shared.codes import ActivityKind, BeneficiaryUnit, FundingSource
from shared.language import Text

COMPLETED = Term(ACTIVITY, "completed", Taken.SUM, dimension=Dimension.KIND)
MUTUAL_HELP = Term(
    ACTIVITY, "completed", Taken.SUM, frozenset({KIND_NUMBER[ActivityKind.GOTONG_ROYONG]}), Dimension.KIND
)
JOINT = Term(ACTIVITY, "joint", Taken.SUM, dimension=Dimension.KIND)
ATTENDED = Term(ACTIVITY, "attended", Taken.SUM, dimension=Dimension.KIND)
INVITED = Term(ACTIVITY, "invited", Taken.SUM, dimension=Dimension.KIND)
PLANNED = Term(ACTIVITY, "planned_{period}", Taken.SUM, dimension=Dimension.KIND)
REALISED = Term(ACTIVITY, "realised_{period}", Taken.SUM, dimension=Dimension.KIND)
DIRECTABLE = Term(ACTIVITY, "directable", Taken.SUM, dimension=Dimension.KIND)
DIRECTED = Term(ACTIVITY, "directed", Taken.SUM, dimension=Dimension.KIND)
ATTENDANCE = Term(ACTIVITY, "attendance", Taken.SUM, dimension=Dimension.KIND)
"""All who came to completed activities, counted or named."""
NAMED = Term(ACTIVITY, "named", Taken.SUM, dimension=Dimension.KIND)
"""… and those of them who are named."""
RESOURCES = Term(RESOURCE, "value", Taken.SUM, dimension=Dimension.SOURCE)
_OWN = (FundingSource.IURAN, FundingSource.JIMPITAN, FundingSource.DONASI_WARGA)
SELF_HELP = Term(
    RESOURCE, "value", Taken.SUM, frozenset(SOURCE_NUMBER[source] for source in _OWN), dimension=Dimension.SOURCE
)
ACTIVE = Term(INSTITUTION, "active", Taken.AT_END, dimension=Dimension.TYPE)
STEADY = Term(INSTITUTION, "steady", Taken.AT_END, dimension=Dimension.TYPE)
CONTINUING = Term(INSTITUTION, "continuing", Taken.AT_END, dimension=Dimension.TYPE)
FULFILLED = Term(INSTITUTION, "fulfilled", Taken.AT_END, dimension=Dimension.TYPE)
FULFILLABLE = Term(INSTITUTION, "active", Taken.AT_END, dimension=Dimension.TYPE, weight=ITEMS)
ASSESSED = Term(INSTITUTION, "assessed", Taken.AT_END, dimension=Dimension.TYPE)
ADVANCED = Term(INSTITUTION, "advanced", Taken.AT_END, dimension=Dimension.TYPE)
EQUIPPED = Term(INSTITUTION, "equipped", Taken.AT_END, dimension=Dimension.TYPE)
YEAR_BEFORE = Term(INSTITUTION, "year_before", Taken.AT_END, dimension=Dimension.TYPE)
SURVIVED = Term(INSTITUTION, "survived", Taken.AT_END, dimension=Dimension.TYPE)
EMPOWERED = Term(INSTITUTION, "empowered", Taken.AT_END, dimension=Dimension.TYPE)
ALIVE = Term(VALUE, "alive", Taken.AT_END)
PRACTISED = Term(VALUE, "practised", Taken.AT_END)
VILLAGES = Term(VILLAGE, "villages", Taken.AT_END)
REACHED = Term(VILLAGE, "reached", Taken.AT_END)
COVERED = Term(VILLAGE, "covered", Taken.AT_END)
REPORTED = Term(VILLAGE, "reported_{period}", Taken.SUM)
ACCEPTED = Term(VILLAGE, "accepted_{period}", Taken.SUM)
IN_TIME = Term(VILLAGE, "in_time_{period}", Taken.SUM)
PARTICIPANTS = Term(PARTICIPANT, "participants_{period}", Taken.SUM, dimension=Dimension.SEX, also=Dimension.AGE)
MEMBERS = Term(MEMBER, "members", Taken.AT_END)
ACTIVE_MEMBERS = Term(MEMBER, "active_members_{period}", Taken.SUM)
ENROLLED = Term(INSTITUTION, "members", Taken.AT_END, dimension=Dimension.TYPE)
"""Members of active institutions: as named, or as told where more were told."""
NAMED_MEMBERS = Term(INSTITUTION, "named", Taken.AT_END, dimension=Dimension.TYPE)
BENEFICIARIES = Term(BENEFICIARY, "beneficiaries_{period}", Taken.SUM)
BEYOND = Term(BENEFICIARY, "beyond_{period}", Taken.SUM)
SERVED_UNITS = {
    unit: (
        Term(SERVED, f"{measure}_{{period}}", Taken.SUM, dimension=Dimension.PPKS),
        Referred(ReferenceData.PPKS_BASELINE, unit, Dimension.PPKS),
    )
    for unit, measure in (
        (BeneficiaryUnit.PERORANGAN, "persons"),
        (BeneficiaryUnit.KELUARGA, "families"),
        (BeneficiaryUnit.KOMUNITAS, "communities"),
    )
}
"""Who of each kind of PPKS was served, and who is on record, by unit."""
POPULATION = Referred(ReferenceData.POPULATION)
COVERAGE = Companion(
    name="coverage",
    text=Text(
        "Desa dengan paling sedikit satu laporan bulanan yang diterima dalam periode (laporan nihil termasuk) dibagi desa",
        "Villages with at least one accepted monthly report in the period (empty ones too) divided by villages",
    ),
    numerator=ACCEPTED,
    denominator=VILLAGES,
)
"""Stands beside every value."""

PERCENT = Text("persen", "per cent")
RATIO = Text("Rasio dalam persen, dibulatkan ke dua desimal", "Ratio in per cent, rounded half up to two places")
BY_KIND = Text("Menurut jenis kegiatan (kind)", "By kind of activity (kind)")
BY_TYPE = Text("Menurut jenis lembaga (type)", "By type of institution (type)")
BY_SOURCE = Text("Menurut sumber dana (source)", "By source of funds (source)")
BY_SEX_AND_AGE = Text("Menurut jenis kelamin (sex) dan kelompok umur (age)", "By sex (sex) and band of age (age)")
UNDIVIDED = Text("Tidak dirinci", "Not broken down")
FLOW = Text(
    "Bulan, triwulan, semester, tahun; kegiatan masuk periode hari terakhirnya (tanggal setempat)",
    "Month, quarter, semester, year; an activity belongs to the period of its last day (local date)",
)
AT_END = Text(
    "Bulan, triwulan, semester, tahun; keadaan pada hari terakhir periode",
    "Month, quarter, semester, year; the state on the period's last day",
)
WHERE_HELD = Text(
    "Desa tempat kegiatan dilaksanakan; wilayah di atasnya menjumlahkan pembilang dan penyebut, tidak merata-ratakan",
    "The village where it was held; regions above add numerators and denominators and never average percentages",
)
WHERE_SEATED = Text(
    "Desa kedudukan lembaga; wilayah di atasnya menjumlahkan pembilang dan penyebut, tidak merata-ratakan",
    "The village of the institution's seat; regions above add numerators and denominators and never average percentages",
)
EACH_ONCE = Text(
    "Tiap orang satu kali per periode dan wilayah, juga bila tercatat ganda; tidak dijumlahkan dari bulan atau desa",
    "Each once in a period and a region, also where there are two records of one person; never added up from months or "
    "villages",
)
LOCAL_INSTITUTIONS = Text(
    "Lembaga lokal terverifikasi yang aktif pada hari terakhir periode",
    "Verified local institutions active on the period's last day",
)
VILLAGES_OF_THE_REGION = Text("Desa dan kelurahan di wilayah", "Villages of the region")
EXPIRES = Text(
    "Masa berlaku berakhir dengan sendirinya: angka turun tanpa ada laporan baru.",
    "What expires does so by itself: the number falls without any new report.",
)
SILENCE = Text(
    "wilayah tanpa lembaga aktif dan tanpa laporan bernilai kosong dengan alasan not_reported, bukan 0",
    "a region without active institutions and without reports is null with the reason not_reported, not 0",
)
SILENT = Text(
    "Wilayah tanpa lembaga aktif bernilai kosong dengan alasan not_reported, bukan 0",
    "A region without active institutions is null with the reason not_reported, not 0",
)
NO_DENOMINATOR = Text(
    f"Penyebut 0: kosong dengan alasan no_denominator; {SILENCE.id}",
    f"Denominator 0: null with the reason no_denominator; {SILENCE.en}",
)
PLACES_THERE = Text(
    f"Ada lembaga aktif tetapi tidak ada kejadian: 0; {SILENCE.id}",
    f"Active institutions and no occurrence: 0; {SILENCE.en}",
)
