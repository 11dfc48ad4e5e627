"""LEM-04, institutions at a higher stage: last assessed as berkembang or mandiri ÷ assessed within 24 months."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.definitions import Companion, Definition, Dimension, Direction
from shared.language import Text

DEFINITION = Definition(
    code="LEM-04",
    version=1,
    name=Text("Proporsi lembaga berkembang dan mandiri", "Institutions at a higher stage"),
    concept=Text("Tahap perkembangan lembaga: tumbuh, berkembang, mandiri", "How far institutions have come"),
    definition=Text(
        "Lembaga aktif yang penilaian terakhirnya, paling lama 24 bulan, berkembang atau mandiri, dibagi lembaga aktif yang "
        "memiliki penilaian seperti itu.",
        "Active institutions whose newest assessment, at most 24 months old, says berkembang or mandiri, divided by active "
        "institutions that have such an assessment.",
    ),
    numerator_text=Text(
        "Lembaga aktif bertahap berkembang atau mandiri", "Active institutions found berkembang or mandiri"
    ),
    denominator_text=Text(
        "Lembaga aktif dengan penilaian yang paling lama 24 bulan",
        "Active institutions with an assessment at most 24 months old",
    ),
    population=terms.LOCAL_INSTITUTIONS,
    classification=terms.BY_TYPE,
    measure=terms.RATIO,
    unit=terms.PERCENT,
    period=terms.AT_END,
    region=terms.WHERE_SEATED,
    missing=terms.NO_DENOMINATOR,
    source=Text(
        "Tahap KUBE tumbuh, berkembang, mandiri; butir B.3 dan E.1.b pola WKSBM",
        "The stages of KUBE: tumbuh, berkembang, mandiri; items B.3 and E.1.b of the WKSBM pattern",
    ),
    is_not=Text(
        "Bukan proporsi dari semua lembaga: yang belum dinilai tidak dihitung. Baca bersama assessed_share.",
        "Not a share of all institutions: those not assessed are left out. Read it with assessed_share.",
    ),
    notes=(
        Text(
            "Penilaian yang lebih baru mengakhiri yang lama; penilaian berlaku sampai hari sebelum tanggal yang sama 24 bulan "
            "kemudian.",
            "A newer assessment ends the older one; it stands until the day before the same date 24 months later.",
        ),
        terms.EXPIRES,
    ),
    direction=Direction.UP,
    numerator=terms.ADVANCED,
    denominator=terms.ASSESSED,
    multiplier=100,
    dimension=Dimension.TYPE,
    companions=(
        Companion(
            name="assessed_share",
            text=Text(
                "Lembaga aktif dengan penilaian yang paling lama 24 bulan, dalam persen dari lembaga aktif",
                "Active institutions with an assessment at most 24 months old, in per cent of the active ones",
            ),
            numerator=terms.ASSESSED,
            denominator=terms.ACTIVE,
        ),
    ),
)
