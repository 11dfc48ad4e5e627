"""The indicators that are computed, in the order of the handbook's catalogue (`domain.md` §5.2)."""

from services.reporting.indicators.catalogue import (
    bud_01,
    ksb_01,
    ksb_02,
    lem_01,
    lem_02,
    lem_03,
    lem_04,
    prt_01,
    prt_02,
    prt_03,
    sar_01,
    sol_01,
    sol_02,
    sol_03,
    sol_04,
    str_01,
    str_02,
    tpd_01,
    trh_01,
    trh_02,
)
from services.reporting.indicators.definitions import Definition

VERSIONS: dict[str, tuple[Definition, ...]] = {
    versions[-1].code: versions
    for versions in (
        (prt_01.DEFINITION,),
        (prt_02.DEFINITION, prt_02.SECOND),
        (prt_03.DEFINITION,),
        (sol_01.DEFINITION,),
        (sol_02.DEFINITION,),
        (sol_03.DEFINITION,),
        (sol_04.DEFINITION,),
        (lem_01.DEFINITION, lem_01.SECOND),
        (lem_02.DEFINITION,),
        (lem_03.DEFINITION,),
        (lem_04.DEFINITION,),
        (sar_01.DEFINITION,),
        (trh_01.DEFINITION,),
        (trh_02.DEFINITION,),
        (tpd_01.DEFINITION, tpd_01.SECOND),
        (ksb_01.DEFINITION,),
        (ksb_02.DEFINITION,),
        (bud_01.DEFINITION,),
        (str_01.DEFINITION,),
        (str_02.DEFINITION,),
    )
}
"""Every version of each indicator, oldest first, by code. Append only: a published version is never edited."""
CURRENT: dict[str, Definition] = {code: versions[-1] for code, versions in VERSIONS.items()}
"""The version that answers are computed by."""
