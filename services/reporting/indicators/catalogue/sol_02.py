"""SOL-02, beneficiaries beyond members: who was helped by others than an own institution ÷ who was helped."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Direction
from shared.auth import Right
from shared.language import Text

DEFINITION = Definition(
    code="SOL-02",
    version=1,
    name=Text("Jangkauan solidaritas", "Beneficiaries beyond members"),
    concept=Text("Solidaritas melampaui anggota sendiri", "Solidarity that reaches beyond one's own members"),
    definition=Text(
        "Penerima berbeda (perorangan dan keluarga) yang menerima paling sedikit satu bantuan dari lembaga atau WKSBM "
        "yang pada hari itu bukan lembaganya sendiri, dibagi penerima berbeda dari lembaga dan WKSBM.",
        "Distinct beneficiaries (persons and families) with at least one benefit from an institution or network of which "
        "they were no member on that day, divided by distinct beneficiaries of institutions and networks.",
    ),
    numerator_text=Text(
        "Penerima dari pemberi yang bukan lembaganya sendiri", "Beneficiaries of a giver of which they were no member"
    ),
    denominator_text=Text("Penerima bantuan lembaga dan WKSBM", "Beneficiaries of institutions and networks"),
    population=Text(
        "Perorangan dan keluarga yang menerima bantuan dari lembaga atau WKSBM",
        "Persons and families with a benefit from an institution or a network",
    ),
    classification=terms.UNDIVIDED,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=Text(
        "Bulan, triwulan, semester, tahun; menurut hari bantuan diberikan",
        "Month, quarter, semester, year; by the day on which help was given",
    ),
    region=Text(
        f"Desa tempat bantuan diberikan. {terms.EACH_ONCE.id}",
        f"The village where help was given. {terms.EACH_ONCE.en}",
    ),
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Ciri KUBE mandiri: Iuran Kesetiakawanan Sosial untuk keluarga miskin lain dan lingkungan; butir B.1 pola WKSBM",
        "Mark of a KUBE mandiri: solidarity contributions for other poor families and the neighbourhood; item B.1 of the "
        "WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran besarnya bantuan: satu kali menerima cukup.",
        "Not a measure of how much was given: once is enough.",
    ),
    notes=(
        Text(
            "Anggota WKSBM ialah anggota salah satu lembaga yang hari itu tergabung di dalamnya.",
            "A member of a network is a member of any institution that belonged to it on that day.",
        ),
        Text(
            "Keluarga dinilai menurut keanggotaan kepala keluarga pada hari itu; komunitas tidak dihitung.",
            "A family is judged by the membership of its head on that day; communities are not counted.",
        ),
        Text(
            "Bantuan mitra tidak masuk pembilang maupun penyebut.",
            "What partners give leaves both sums.",
        ),
        Text(
            "Keanggotaan yang belum tercatat dianggap tidak ada; angka menyesuaikan setelah tercatat.",
            "A membership that is not recorded yet counts as none; the number follows when it is.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.BEYOND,
    denominator=terms.BENEFICIARIES,
    multiplier=100,
    dimension=None,
    rights=frozenset({Right.READ_PEOPLE, Right.READ_BENEFITS}),
)
