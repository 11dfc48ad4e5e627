"""Why an activity is counted in PRT-02, SOL-01, SOL-03, TPD-01, TRH-01 or TRH-02, or is not."""

from services.reporting.indicators.catalogue import terms
from services.reporting.indicators.contributions import Cell
from services.reporting.measures import KIND_NUMBER, RESOURCE, SOURCE_NUMBER, direction
from services.reporting.measures.activity import attendance, plan_periods
from services.reporting.periods import LENGTH
from shared.codes import ActivityStatus, OrganisationKind
from shared.events.activities import Activity, PlanVersion
from shared.language import Text


def counted(state: Activity, cell: Cell) -> Text:
    """Why an activity is counted."""
    done = Text(f"selesai {state.held_until}", f"completed {state.held_until}")
    measure = cell.term.measure
    if cell.term.group is RESOURCE:
        return _funded(state, cell, done)
    if measure in (terms.ATTENDED.measure, terms.INVITED.measure):
        attended = attendance(state)
        invited = state.invited.total if state.invited else None
        return Text(
            f"{done.id}, hadir {attended} dari {invited} undangan", f"{done.en}, {attended} of {invited} invited"
        )
    if measure == terms.JOINT.measure:
        return _joint(state, done)
    if measure == terms.DIRECTED.measure:
        first = min(version.recorded_on for version in state.plan)
        return Text(
            f"{done.id}, rencana dicatat {first}, dengan tujuan dan kelompok sasaran",
            f"{done.en}, its plan recorded {first}, with an objective and a target group",
        )
    if measure in (terms.PLANNED.measure, terms.REALISED.measure):
        version = _counting(state, cell)[0]
        plan = Text(
            f"direncanakan sampai {version.planned_until}, dicatat {version.recorded_on}",
            f"planned until {version.planned_until}, recorded {version.recorded_on}",
        )
        return plan if measure == terms.PLANNED.measure else Text(f"{plan.id}; {done.id}", f"{plan.en}; {done.en}")
    return done


def _joint(state: Activity, done: Text) -> Text:
    """Who held it: institutions, networks of which the lead is no member, and partners."""
    institutions = 1 + len(set(state.co_organiser_ids) - {state.lead_institution_id})
    networks = {each.id for each in state.parties if each.organisation is OrganisationKind.NETWORK and not each.of_lead}
    registered = {each.id for each in state.parties if each.organisation is OrganisationKind.PARTNER}
    partners = len(registered) + len({name.strip().casefold() for name in state.partners})
    return Text(
        f"{done.id}, {institutions} lembaga, {len(networks)} jejaring, dan {partners} mitra",
        f"{done.en}, {institutions} institutions, {len(networks)} networks and {partners} partners",
    )


def _funded(state: Activity, cell: Cell, done: Text) -> Text:
    """The rupiah of each source that counts, and how many contributions told no value."""
    values: dict[str, int] = {}
    unvalued = 0
    for each in state.resources:
        if cell.term.only is None or SOURCE_NUMBER[each.source] in cell.term.only:
            values[each.source] = values.get(each.source, 0) + each.value
            unvalued += each.unvalued
    told = ", ".join(f"{source} Rp{value:,}".replace(",", ".") for source, value in values.items() if value)
    without = Text(f"; {unvalued} tanpa nilai", f"; {unvalued} without a value") if unvalued else Text("", "")
    return Text(f"{done.id}: {told}{without.id}", f"{done.en}: {told}{without.en}")


def excluded(state: Activity, cell: Cell) -> Text | None:
    """Why an activity of the region and period is not counted; None for one of another kind."""
    if cell.term.group is not RESOURCE and cell.term.only is not None and KIND_NUMBER[state.kind] not in cell.term.only:
        return None
    if state.voided:
        return Text("salah input", "an entry error")
    if cell.term.measure in (terms.PLANNED.measure, terms.REALISED.measure):
        return _plan_excluded(state, cell)
    if state.status is ActivityStatus.DIBATALKAN:
        return Text("dibatalkan", "cancelled")
    if state.status is not ActivityStatus.SELESAI or state.held_until is None:
        return Text("belum dilaporkan selesai", "not reported as completed")
    if not cell.period.begins <= state.held_until <= cell.period.ends:
        return Text(
            f"selesai {state.held_until}, di luar periode", f"completed {state.held_until}, outside of the period"
        )
    return _completed_excluded(state, cell)


def _completed_excluded(state: Activity, cell: Cell) -> Text | None:
    if cell.term.group is RESOURCE:
        return _unfunded(state, cell)
    if cell.term.measure in (terms.DIRECTED.measure, terms.DIRECTABLE.measure):
        return _undirected(state)
    if cell.term.measure == terms.JOINT.measure:
        if any(each.of_lead for each in state.parties):
            return Text(
                "hanya satu organisasi: jejaringnya beranggotakan pemimpinnya",
                "only one organisation: its lead is a member of its network",
            )
        return Text("hanya satu organisasi dalam peran", "only one organisation in role")
    if cell.term.measure in (terms.ATTENDED.measure, terms.INVITED.measure):
        if state.invited is None:
            return Text("tidak ada jumlah undangan", "no invited number")
        if attendance(state) is None:
            return Text("tidak ada jumlah hadir", "no attended number")
        return Text("jumlahnya 0", "the number is 0")
    return None


def _unfunded(state: Activity, cell: Cell) -> Text:
    here = [each for each in state.resources if cell.term.only is None or SOURCE_NUMBER[each.source] in cell.term.only]
    if any(each.unvalued for each in here):
        return Text("sumber dayanya tanpa nilai", "its resources are without a value")
    if here:
        return Text("nilainya 0 setelah pengembalian", "worth 0 after refunds")
    if state.resources:
        others = ", ".join(sorted({str(each.source) for each in state.resources}))
        return Text(f"hanya dari {others}", f"only from {others}")
    return Text("tidak ada sumber daya dicatat", "no resources recorded")


def _undirected(state: Activity) -> Text:
    if state.kind in direction.EXEMPT:
        return Text("tanggap darurat tidak dapat direncanakan", "emergency aid cannot be planned")
    lacks = []
    if not direction.planned_before(state):
        told = "rencana tidak dicatat sebelum hari mulai", "no plan recorded before its first day"
        lacks.append(Text(*told) if state.plan else Text("tanpa rencana", "without a plan"))
    if not direction.has_objective(state):
        lacks.append(Text("tanpa tujuan", "without an objective"))
    if not direction.has_target_group(state):
        lacks.append(Text("tanpa kelompok sasaran", "without a target group"))
    return Text(", ".join(text.id for text in lacks), ", ".join(text.en for text in lacks))


def _plan_excluded(state: Activity, cell: Cell) -> Text | None:
    if not state.plan:
        return Text("dicatat tanpa rencana", "recorded without a plan")
    within = [version for version in state.plan if _within(version, cell)]
    if not within:
        return None
    if all(version.recorded_on >= version.planned_from for version in within):
        return Text(
            "rencana dicatat pada atau setelah hari mulainya", "the plan was recorded on or after its own first day"
        )
    if all(_too_late(version, state) for version in within):
        return Text("rencana dicatat setelah kegiatan dilaksanakan", "the plan was recorded after it was held")
    if not _counting(state, cell):
        return Text("dipindah ke periode lain sebelum hari mulainya", "moved to another period before its first day")
    if cell.term.measure == terms.PLANNED.measure:
        return None
    return _not_realised(state, cell)


def _not_realised(state: Activity, cell: Cell) -> Text:
    if not _within(state.plan[-1], cell):
        return Text(
            f"dipindah ke {state.plan[-1].planned_until} setelah hari mulainya",
            f"moved to {state.plan[-1].planned_until} after its first day",
        )
    if state.status is ActivityStatus.DIBATALKAN:
        return Text("dibatalkan", "cancelled")
    if state.held_until is None:
        return Text("belum dilaporkan selesai", "not reported as completed")
    return Text(
        f"selesai {state.held_until}, lebih dari 30 hari setelah periode",
        f"completed {state.held_until}, more than 30 days after the period",
    )


def _counting(state: Activity, cell: Cell) -> list[PlanVersion]:
    """The plan versions of the day by which the activity counts in the period; empty if it does not."""
    days = [day for day, _ in plan_periods(state, LENGTH[cell.period.kind])]
    return [v for v in state.plan if _within(v, cell) and v.planned_until in days and not _too_late(v, state)]


def _too_late(version: PlanVersion, state: Activity) -> bool:
    """Whether a plan version was recorded on or after its own first day, or after the activity was held."""
    return version.recorded_on >= version.planned_from or (
        state.held_until is not None and version.recorded_on > state.held_until
    )


def _within(version: PlanVersion, cell: Cell) -> bool:
    return cell.period.begins <= version.planned_until <= cell.period.ends
