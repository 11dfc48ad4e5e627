"""An assessment as its institution's events tell it, and as it is answered over HTTP. Pure."""

from typing import Any

from services.registry.assessments.instruments import INSTRUMENTS, Instrument
from services.registry.assessments.models import Assessment
from services.registry.assessments.schemas import AssessmentOut, InstrumentOut, InstrumentRef, ItemOut
from services.registry.models import Institution
from shared.code_lists.lists import Labels
from shared.events import institutions as events
from shared.language import Text


def told(assessment: Assessment) -> events.Assessment:
    """What events say about an assessment: not by whom."""
    instrument = INSTRUMENTS[assessment.instrument, assessment.instrument_version]
    return events.Assessment(on=assessment.assessed_on, stage=assessment.stage, instrument=instrument.name)


def answer(assessment: Assessment, institution: Institution) -> AssessmentOut:
    """The answer about a mapped assessment and its institution."""
    return _answer(assessment, institution.name, institution.village_code)


def answer_row(row: Any) -> AssessmentOut:
    """The answer about a row that holds an assessment, its `institution_name` and `seat_code`."""
    return _answer(row, row.institution_name, row.seat_code)


def instrument(one: Instrument) -> InstrumentOut:
    """The answer about a version of an instrument."""
    return InstrumentOut(
        code=one.code,
        version=one.version,
        title=_label(one.title),
        note=_label(one.note),
        source=one.source,
        items=[ItemOut(code=item.code, stage=item.stage, label=_label(item.label)) for item in one.items],
    )


def _label(text: Text) -> Labels:
    return Labels(id=text.id, en=text.en)


def _answer(row: Any, institution_name: str, seat_code: str) -> AssessmentOut:
    return AssessmentOut(
        id=row.id,
        sequence=row.sequence,
        institution_id=row.institution_id,
        institution_name=institution_name,
        village=seat_code,
        on=row.assessed_on,
        stage=row.stage,
        instrument=InstrumentRef(code=row.instrument, version=row.instrument_version),
        answers=row.answers,
        assessor=row.assessor,
        assessor_name=row.assessor_name,
        assessor_agency=row.assessor_agency,
        voided=row.voided,
        registered_at=row.registered_at,
        changed_at=row.changed_at,
    )
