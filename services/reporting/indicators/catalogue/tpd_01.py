"""TPD-01, joint activities: completed activities with two or more organisations ÷ completed activities."""

from dataclasses import replace

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="TPD-01",
    version=1,
    name=Text("Kegiatan terpadu", "Joint activities"),
    concept=Text("Keterpaduan kerja antarlembaga", "Institutions working together"),
    definition=Text(
        "Kegiatan selesai dengan dua atau lebih organisasi berbeda (pemimpin dan lembaga atau mitra lain) dibagi semua "
        "kegiatan selesai.",
        "Completed activities with two or more distinct organisations (the lead and another institution or partner) "
        "divided by all completed activities.",
    ),
    numerator_text=Text("Kegiatan selesai dengan ≥ 2 organisasi", "Completed activities with ≥ 2 organisations"),
    denominator_text=Text("Kegiatan selesai", "Completed activities"),
    population=Text(
        "Kegiatan selesai, juga dari penyelenggara yang belum terverifikasi",
        "Completed activities, also those of organisers not yet verified",
    ),
    classification=terms.BY_KIND,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.FLOW,
    region=terms.WHERE_HELD,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "SDGs Desa tujuan 17; SC-IQ, tindakan kolektif; butir C.2 «terpadu» dan D.3 pola WKSBM",
        "SDGs Desa goal 17; SC-IQ, collective action; items C.2 «terpadu» and D.3 of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan ukuran besarnya sumbangan mitra: nama dalam peran apa pun dihitung sama.",
        "Not a measure of how much a partner gave: every role counts the same.",
    ),
    notes=(
        Text(
            "Lembaga atau mitra yang sama dalam dua peran dihitung satu kali.",
            "The same institution or partner in two roles counts once.",
        ),
    ),
    direction=Direction.UP,
    numerator=terms.JOINT,
    denominator=terms.COMPLETED,
    multiplier=100,
    dimension=Dimension.KIND,
)

SECOND = replace(
    DEFINITION,
    version=2,
    definition=Text(
        "Kegiatan selesai dengan dua atau lebih organisasi berbeda (pemimpin dan lembaga, jejaring, atau mitra lain) dibagi "
        "semua kegiatan selesai.",
        "Completed activities with two or more distinct organisations (the lead and another institution, network or partner) "
        "divided by all completed activities.",
    ),
    notes=(
        *DEFINITION.notes,
        Text(
            "WKSBM yang beranggotakan lembaga pemimpin bukan organisasi kedua; dengan anggota yang tidak memimpin, dua.",
            "A network of which the lead is a member is no second organisation; one beside a member that does not lead is.",
        ),
    ),
)
"""Networks and registered partners take part beside those that are only named."""
