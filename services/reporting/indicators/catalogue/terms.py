"""The terms that formulas are made of, and the texts that several definitions share."""

from services.reporting.indicators.definitions import Dimension, Taken, Term
from services.reporting.measures import ACTIVITY, INSTITUTION, KIND_NUMBER, VILLAGE
from services.reporting.measures.completeness import ITEMS
from shared.codes import ActivityKind
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
VILLAGES = Term(VILLAGE, "villages", Taken.AT_END)
REACHED = Term(VILLAGE, "reached", Taken.AT_END)
COVERED = Term(VILLAGE, "covered", Taken.AT_END)

PERCENT = Text("persen", "per cent")
RATIO = Text("Rasio dalam persen, dibulatkan ke dua desimal", "Ratio in per cent, rounded half up to two places")
BY_KIND = Text("Menurut jenis kegiatan (kind)", "By kind of activity (kind)")
BY_TYPE = Text("Menurut jenis lembaga (type)", "By type of institution (type)")
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
