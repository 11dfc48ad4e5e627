"""LEM-02, WKSBM village coverage: villages with a WKSBM network that is active, legalised and led ÷ villages."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Direction
from shared.language import Text

DEFINITION = Definition(
    code="LEM-02",
    version=1,
    name=Text("Cakupan WKSBM", "WKSBM village coverage"),
    concept=Text("Kelembagaan jejaring WKSBM", "The network of a village's institutions as an institution"),
    definition=Text(
        "Desa dan kelurahan dengan paling sedikit satu WKSBM yang pada hari terakhir periode aktif, pengesahannya berlaku, "
        "serta memiliki ketua dan sekretaris yang menjabat, dibagi jumlah desa dan kelurahan.",
        "Villages with at least one WKSBM network that on the period's last day is active, has a legalisation in force, and "
        "has a chair and a secretary in office, divided by villages (desa and kelurahan).",
    ),
    numerator_text=Text(
        "Desa yang dicakup WKSBM pada hari terakhir periode", "Villages covered on the period's last day"
    ),
    denominator_text=Text("Desa dan kelurahan pada hari terakhir periode", "Villages on the period's last day"),
    population=terms.VILLAGES_OF_THE_REGION,
    classification=terms.UNDIVIDED,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.AT_END,
    region=Text(
        "Setiap desa dalam wilayah kerja WKSBM; wilayah di atasnya menjumlahkan pembilang dan penyebut",
        "Every village of a network's territory; regions above add numerators and denominators",
    ),
    missing=terms.PLACES_THERE,
    source=Text(
        "SPM bidang sosial, WKSBM yang menyediakan sarana (target 60 persen; Bontang 100 persen); butir B.3 pola WKSBM",
        "Minimum service standards of the social sector, WKSBM (target 60 per cent; Bontang 100 per cent); item B.3 of the "
        "WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran kegiatan WKSBM: jejaring yang sah tetapi diam tetap mencakup desanya.",
        "Not a measure of what a network does: a legalised but silent one covers its village all the same.",
    ),
    notes=(
        Text(
            "Dua WKSBM dalam satu desa dihitung satu kali; satu WKSBM di beberapa desa dihitung di setiap desanya, juga bila "
            "hanya mencakup sebagian desa.",
            "Two networks in one village count once; one network over several villages counts in each of them, also where "
            "it works in a part of one.",
        ),
        Text(
            "SK yang berakhir kemarin: tidak tercakup. SK tanpa tanggal akhir tetap berlaku.",
            "A decree that expired yesterday: not covered. One without an end stays in force.",
        ),
        terms.EXPIRES,
    ),
    direction=Direction.UP,
    numerator=terms.COVERED,
    denominator=terms.VILLAGES,
    multiplier=100,
    dimension=None,
    counts_places=True,
)
