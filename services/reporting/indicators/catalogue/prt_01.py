"""PRT-01, unique participants: distinct named people at completed activities ÷ population, per mil."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Companion, Definition, Dimension, Direction
from shared.auth import Right
from shared.language import Text

DEFINITION = Definition(
    code="PRT-01",
    version=1,
    name=Text("Peserta unik per 1.000 penduduk", "Unique participants per 1,000 inhabitants"),
    concept=Text("Partisipasi masyarakat dalam kegiatan sosial", "Participation of the community in social activities"),
    definition=Text(
        "Orang berbeda yang hadir, menurut daftar hadir bernama, dalam paling sedikit satu kegiatan selesai di wilayah, "
        "per 1.000 penduduk wilayah itu.",
        "Distinct people who, by the sheets of named people, came to at least one completed activity in the region, per "
        "1,000 inhabitants of that region.",
    ),
    numerator_text=Text("Orang berbeda yang hadir dan bernama", "Distinct named people who came"),
    denominator_text=Text(
        "Penduduk menurut data rujukan terakhir pada akhir periode",
        "Population by the latest reference at the period's end",
    ),
    population=Text(
        "Orang dalam daftar hadir kegiatan selesai, di mana pun tinggalnya",
        "People in attendance sheets of completed activities, wherever they live",
    ),
    classification=terms.BY_SEX_AND_AGE,
    measure=Text("Per seribu, dibulatkan ke dua desimal", "Per mil, rounded half up to two places"),
    unit=Text("per seribu", "per mil"),
    period=terms.FLOW,
    region=Text(
        f"Desa tempat kegiatan dilaksanakan, bukan tempat tinggal. {terms.EACH_ONCE.id}",
        f"The village where it was held, not where people live. {terms.EACH_ONCE.en}",
    ),
    missing=Text(
        f"Penduduk belum diisi: kosong dengan alasan reference_missing, pembilang tetap ada; {terms.SILENCE.id}",
        f"No population told: null with the reason reference_missing, the numerator is there; {terms.SILENCE.en}",
    ),
    source=Text(
        "BPS Susenas MSBP (ikut kegiatan sosial kemasyarakatan, 85,43 persen pada 2018) sebagai padanan konsep; butir B.2 "
        "pola WKSBM",
        "BPS Susenas MSBP (took part in social activities, 85.43 per cent in 2018) for the concept; item B.2 of the WKSBM "
        "pattern",
    ),
    is_not=Text(
        "Tidak sebanding satu lawan satu dengan Susenas, yang menanyai sampel penduduk; ini menghitung yang tercatat.",
        "Not comparable one to one with Susenas, which asks a sample of people; this counts who was recorded.",
    ),
    notes=(
        Text(
            "Yang hadir tanpa nama tidak terhitung: baca bersama named_share.",
            "Who came without being named is not counted: read it with named_share.",
        ),
        Text(
            "Rincian menurut jenis kelamin atau umur tetap dibagi seluruh penduduk, sehingga rincian berjumlah nilai utuh.",
            "A part by sex or age is divided by the whole population too, so that the parts add up to the whole.",
        ),
        Text(
            "Umur ialah tahun kegiatan dikurangi tahun lahir.",
            "Age is the year of the activity less the year of birth.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.PARTICIPANTS,
    denominator=terms.POPULATION,
    multiplier=1000,
    dimension=Dimension.SEX,
    also=Dimension.AGE,
    rights=frozenset({Right.READ_PEOPLE}),
    companions=(
        Companion(
            name="named_share",
            text=Text(
                "Kehadiran yang bernama dibagi seluruh kehadiran (yang lebih besar dari yang dihitung dan yang bernama)",
                "Attendances with a name divided by all attendances (the larger of those counted and those named)",
            ),
            numerator=terms.NAMED,
            denominator=terms.ATTENDANCE,
        ),
    ),
)
