"""What the workload tells: a write of every kind that numbers come from, and the steps that may follow it.

Whoever is named by what happens in villages (leads, people, a family, a network, a value, a partner) is registered first
and known to activities before anything is told of them; everything else is made up as the faults strike.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

VILLAGES = ("32.04.05.2001", "32.04.05.2002", "32.04.05.2003", "32.04.06.2003")
SYSTEM, FACILITATOR, OFFICER, OPERATOR = "integration", "district-facilitator", "regency-officer", "village-operator"
ROLES = (SYSTEM, FACILITATOR, OFFICER, OPERATOR)
WHY = {"reason": "Salah catat"}
HELD_IN = ("2025-02", "2025-05", "2025-08", "2025-11")
"""Months in which activities are held and help is given."""

Body = dict[str, Any]
Step = tuple[str, str, Body]
"""(who, step, body); a step that begins with a slash makes a part of an institution, as `/documents` does."""


@dataclass(frozen=True)
class Told:
    """A write that makes a record, and the steps to take afterwards, in this order."""

    service: str
    collection: str
    body: Body
    steps: tuple[Step, ...] = ()
    by: str = SYSTEM
    held: bool = False
    """Whether it is an activity that is held: once its steps are taken, more can be told of it."""


@dataclass
class Cohort:
    """Those who are known to both services, by id; and what has been told of them that more can be told about."""

    leads: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    """Activities that were completed and of which no step is left: each is taken for one sheet or resource."""
    months: list[tuple[str, str]] = field(default_factory=list)
    """(village, month) not reported yet, of those in which nothing is ever held."""
    joinable: list[tuple[str, str]] = field(default_factory=list)
    """(person, lead) without a membership yet."""


@dataclass
class Teller:
    """Makes up what is told. `today` gives the day by the APIs' clock, `identity` a new id."""

    random: Random
    identity: Callable[[], str]
    today: Callable[[], Any]
    cohort: Cohort = field(default_factory=Cohort)

    def __post_init__(self) -> None:
        months = [f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
        quiet = [month for month in months if month not in HELD_IN]
        self.cohort.months = [(village, month) for village in VILLAGES for month in quiet]
        self.random.shuffle(self.cohort.months)

    def anything(self) -> Told:
        """One of the kinds; of what happens in villages only where somebody is known of whom to tell it."""
        known = self.cohort
        kinds: list[tuple[Callable[[], Told], int, bool]] = [
            (self.institution, 3, True), (self.network, 1, True), (self.person, 1, True),
            (self.membership, 1, bool(known.joinable)), (self.value, 1, True),
            (self.activity, 6, bool(known.leads)), (self.sheet, 3, bool(known.held)),
            (self.resource, 1, bool(known.held)), (self.benefit, 3, bool(known.people)),
            (self.report, 2, bool(known.leads and known.months)), (self.need, 1, bool(known.leads)),
        ]  # fmt: skip
        possible = [(kind, weight) for kind, weight, there in kinds if there]
        (chosen,) = self.random.choices([kind for kind, _ in possible], [weight for _, weight in possible])
        return chosen()

    def institution(self, identity: str | None = None) -> Told:
        """An institution taken as far as verified, then with two papers."""
        identity = identity or self.identity()
        number = self.random.randrange(10_000)
        body = {
            "id": identity, "type": self.random.choice(("ARS", "KUBE", "SNM", "LBD")),
            "name": f"Arisan Melati {number}", "origin": "tumbuh", "legal_status": "tidak_berbadan_hukum",
            "village": self.random.choice(VILLAGES), "active_from": "2020-02-01",
            "members": {"female": 20, "male": number % 9},
        }  # fmt: skip
        paper = {"number": "141/7", "dated_on": "2025-03-10", "institution_id": identity}
        kinds = self.random.sample(("pengesahan", "aturan_tertulis", "buku_kas"), 2)
        steps = (
            (SYSTEM, "submission", {}), (FACILITATOR, "review", {}), (OFFICER, "verification", {}),
            *((SYSTEM, "/documents", {"kind": kind} | paper) for kind in kinds),
        )  # fmt: skip
        return Told("registry", "institutions", body, steps)

    def network(self) -> Told:
        """A network in its beginnings that comes to nothing."""
        body = {
            "id": self.identity(), "name": "WKSBM Guyub", "territory": [{"village": self.random.choice(VILLAGES)}],
            "initiated_on": "2025-01-01",
        }  # fmt: skip
        return Told("registry", "networks", body, ((SYSTEM, "voiding", WHY),))

    def person(self) -> Told:
        """Somebody without a NIK; one in five is an entry error."""
        born = self.random.choice((1951, 1980, 1994, 2012))
        body = {
            "id": self.identity(), "name": "Contoh: Warga", "nik_absence": "tidak_dicatat",
            "sex": self.random.choice("LP"), "birth_year": born, "birth_year_source": "pengakuan",
            "village": self.random.choice(VILLAGES),
        }  # fmt: skip
        steps = ((OFFICER, "voiding", WHY),) if self.random.random() < 0.2 else ()
        return Told("registry", "people", body, steps)

    def membership(self) -> Told:
        """Somebody joins a lead, and perhaps leaves it."""
        person, lead = self.cohort.joinable.pop()
        body = {"id": self.identity(), "person_id": person, "institution_id": lead, "joined_on": "2021-01-01"}
        steps: tuple[Step, ...] = ((SYSTEM, "departure", {"left_on": "2025-07-01", "reason": "Pindah desa"}),)
        return Told("registry", "memberships", body, steps if self.random.random() < 0.5 else ())

    def value(self) -> Told:
        """A custom that is lived, and then fades."""
        body = {
            "id": self.identity(), "name": f"Rewang {self.random.randrange(10_000)}", "kind": "tradisi",
            "villages": sorted(self.random.sample(VILLAGES, 2)),
            "observations": [{"state": "dijalankan", "on": "2024-05-10", "evidence": "Foto kegiatan."}],
        }  # fmt: skip
        fades = {"state": "hilang", "on": "2025-06-10", "evidence": "Tidak lagi dijalankan."}
        return Told("registry", "cultural-values", body, ((SYSTEM, "observations", fades),))

    def activity(self) -> Told:
        """One to come that is moved and perhaps cancelled, or one of last year that is completed and corrected."""
        lead = self.random.choice(self.cohort.leads)
        done = self.random.random() < 0.7
        day = f"{self.random.choice(HELD_IN)}-{self.random.randrange(1, 28):02d}"
        plan = day if done else str(self.today() + timedelta(days=self.random.randrange(2, 20)))
        body: Body = {
            "id": self.identity(), "title": "Kerja bakti", "village": self.random.choice(VILLAGES),
            "kind": self.random.choice(("gotong_royong", "penyadaran", "musyawarah")),
            "lead_institution_id": lead, "partners": ["Dinas Sosial"],
            "co_organiser_ids": [o for o in self.cohort.leads if o != lead and self.random.random() < 0.5],
            "cultural_value_ids": [v for v in self.cohort.values if self.random.random() < 0.3],
            "plan": {"planned_from": plan, "planned_until": plan},
        }  # fmt: skip
        held = {"held_from": day, "held_until": day, "invited": {"total": 30}, "attended": {"total": 24}}
        corrected = {"reason": "Salah hitung", "completion": {"attended": {"total": 21}}}
        moved = {name: str(self.today() + timedelta(days=30)) for name in ("planned_from", "planned_until")}
        steps: tuple[Step, ...] = ((SYSTEM, "rescheduling", moved), (SYSTEM, "cancellation", {"reason": "Hujan"}))
        if done:
            steps = ((SYSTEM, "completion", held), (SYSTEM, "correction", corrected))[: self.random.choice((1, 2, 2))]
        return Told("activities", "activities", body, steps, held=done)

    def sheet(self) -> Told:
        """Who came to an activity that was held; one of them after all not, or nobody."""
        came = self.random.sample(self.cohort.people, self.random.randrange(1, len(self.cohort.people)))
        people = [{"person_id": one, "role": self.random.choice(("anggota", "warga"))} for one in came]
        body = {"id": self.identity(), "activity_id": self._taken(), "people": people}
        steps: tuple[Step, ...] = (
            (SYSTEM, "withdrawals", {"person_ids": came[:1], "reason": "Tidak hadir"}),
            (SYSTEM, "voiding", WHY),
        )
        return Told("activities", "attendance-sheets", body, steps[: self.random.choice((0, 1, 1, 2))])

    def resource(self) -> Told:
        """What was given for an activity that was held."""
        body = {
            "id": self.identity(), "activity_id": self._taken(), "source": self.random.choice(("iuran", "apbdes")),
            "form": "tunai", "value": self.random.randrange(1, 9) * 50_000, "received_on": "2025-12-01",
        }  # fmt: skip
        return Told("activities", "resources", body)

    def benefit(self) -> Told:
        """Help to somebody, or to a family, by a lead."""
        givers = [{"organisation": "institution", "id": one} for one in self.cohort.leads]
        beneficiaries = [{"unit": "perorangan", "id": one} for one in self.cohort.people]
        beneficiaries += [{"unit": "keluarga", "id": one} for one in self.cohort.families]
        helped = self.random.choice(beneficiaries)
        body = {
            "id": self.identity(), "beneficiary": helped, "ppks_kinds": ["FM" if helped["unit"] == "keluarga" else "LUT"],
            "help": "uang", "value": 150_000, "giver": self.random.choice(givers),
            "village": self.random.choice(VILLAGES),
            "given_on": f"{self.random.choice(HELD_IN)}-{self.random.randrange(1, 28):02d}",
            "again": True,
        }  # fmt: skip
        steps: tuple[Step, ...] = (
            (SYSTEM, "correction", {"given_on": "2025-08-20", "again": True, "reason": "Salah tanggal"}),
            (SYSTEM, "voiding", WHY),
        )
        return Told("activities", "benefits", body, steps[: self.random.choice((0, 1, 1, 2))])

    def report(self) -> Told:
        """A month of a village without any activity, accepted or given back."""
        village, month = self.cohort.months.pop()
        body = {"id": self.identity(), "village": village, "month": month, "nihil": True}
        decided: Step = (FACILITATOR, "acceptance", {})
        if self.random.random() < 0.3:
            decided = (FACILITATOR, "return", {"reason": "Belum lengkap"})
        return Told("activities", "village-reports", body, (decided,), OPERATOR)

    def need(self) -> Told:
        """What a lead needs, until it does no more: numbers take no notice but that it has arrived."""
        poster = {"organisation": "institution", "id": self.random.choice(self.cohort.leads)}
        body = {
            "id": self.identity(), "poster": poster, "kind": "keahlian", "scope": "regency",
            "title": "Pelatih menjahit", "text": "Sepuluh anggota ingin belajar menjahit seragam sekolah.",
        }  # fmt: skip
        return Told("activities", "needs", body, ((SYSTEM, "voiding", WHY),))

    def _taken(self) -> str:
        return self.cohort.held.pop(self.random.randrange(len(self.cohort.held)))


Tell = Callable[[Told], Awaitable[Any]]


async def assemble(teller: Teller, tell: Tell, leads: int = 3, people: int = 6) -> None:
    """Registers the cohort. The caller waits until activities knows it."""
    known = teller.cohort
    institutions = [teller.institution() for _ in range(leads)]
    persons = [teller.person() for _ in range(people)]
    known.leads = [told.body["id"] for told in institutions]
    known.people = [told.body["id"] for told in persons]
    for told in institutions:
        await tell(told)
    for told in persons:
        await tell(Told(told.service, told.collection, told.body))
    known.joinable = [(person, lead) for person in known.people for lead in known.leads]
    teller.random.shuffle(known.joinable)
    for _ in range(4):
        await tell(teller.membership())
    network, value = teller.network(), teller.value()
    await tell(Told(network.service, network.collection, network.body))
    await tell(Told(value.service, value.collection, value.body))
    family: Body = {"id": teller.identity(), "village": VILLAGES[0]}
    heads = [{"person_id": known.people[-1], "role": "kepala_keluarga", "since": "2021-01-01"}]
    await tell(Told("registry", "families", family | {"members": heads}))
    joined = {"id": teller.identity(), "network_id": network.body["id"], "institution_id": known.leads[0]}
    await tell(Told("registry", "network-memberships", joined | {"joined_on": "2025-01-01"}))
    known.values, known.families = [value.body["id"]], [family["id"]]
