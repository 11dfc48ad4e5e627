"""LEM-03, institutional completeness: items fulfilled by active institutions ÷ four items for each of them."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="LEM-03",
    version=1,
    name=Text("Indeks kelengkapan kelembagaan", "Institutional completeness"),
    concept=Text("Kelengkapan lembaga sosial lokal", "How completely local institutions are set up"),
    definition=Text(
        "Jumlah butir yang terpenuhi pada lembaga aktif dibagi empat butir untuk setiap lembaga aktif. Butir: pengurus (ketua "
        "dan sekretaris menjabat), pengesahan, aturan tertulis, buku kas atau buku anggota.",
        "Items fulfilled by active institutions divided by four items for each of them. Items: officers (ketua and "
        "sekretaris in office), legalisation, written rules, cash book or member book.",
    ),
    numerator_text=Text("Butir yang terpenuhi pada hari terakhir periode", "Items fulfilled on the period's last day"),
    denominator_text=Text("Empat butir untuk setiap lembaga aktif", "Four items for each active institution"),
    population=terms.LOCAL_INSTITUTIONS,
    classification=terms.BY_TYPE,
    measure=Text("Skala 0-100, dibulatkan ke dua desimal", "From 0 to 100, rounded half up to two places"),
    unit=Text("persen butir", "per cent of items"),
    period=terms.AT_END,
    region=terms.WHERE_SEATED,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Struktur minimum WKSBM (Sleman); pengingat SK yang diminta pengguna OpenSID (#4125); butir B.3 dan E.1.b pola WKSBM",
        "The minimum structure of WKSBM (Sleman); reminders of expiring decrees asked for by users of OpenSID (#4125); items "
        "B.3 and E.1.b of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan penilaian mutu: arisan tanpa aturan tertulis memang bernilai rendah. Lihat menurut jenis lembaga.",
        "Not a judgement of quality: an arisan without written rules scores low and honestly so. Look at it by type.",
    ),
    notes=(
        Text(
            "Dokumen tanpa tanggal akhir tetap berlaku; yang tidak diketahui dianggap tidak terpenuhi.",
            "A document without an end date is in force; what is unknown is not fulfilled.",
        ),
        terms.EXPIRES,
    ),
    direction=Direction.UP,
    numerator=terms.FULFILLED,
    denominator=terms.FULFILLABLE,
    multiplier=100,
    dimension=Dimension.TYPE,
)
