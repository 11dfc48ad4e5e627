"""Switches one guard off at a time and shows which tests turn red: `python -m tests.faults.mutations [guard …]`.

Works on a copy of the working tree in a temporary folder. Exit 1 if a guard can be switched off unnoticed, or if a patch
does not fit any more. Not collected by pytest: it takes minutes.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.faults import activities_guards, fault_guards, walls_guards
from tests.faults.guard import Guard

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".wahana", "__pycache__", ".*_cache", ".hypothesis", "node_modules")
PROJECTION = "tests/reporting/test_projection.py"


PEOPLE = "tests/registry/test_people.py"
PEOPLES, PEOPLES_LOCKS = "tests/reporting/test_people_projection.py", "tests/reporting/test_people_locks.py"

GUARDS = (
    Guard(
        "one registration of a NIK at a time", "services/registry/people/service.py",
        "func.pg_advisory_xact_lock(func.hashtextextended(index, 0))", "func.hashtextextended(index, 0)",
        (PEOPLE,),
    ),
    Guard(
        "a seal bound to its record and field", "services/registry/people/keys.py",
        'return f"{owner}/{field}".encode()', 'return b""',
        ("tests/registry/test_people_keys.py",),
    ),
    Guard(
        "personal columns in the audit trail", "services/registry/people/models.py",
        'PERSONAL = {"personal": True}', 'PERSONAL = {"personal": False}',
        (PEOPLE, "tests/registry/test_people_erasure.py"),
    ),
    Guard(
        "erasure of kept answers", "services/registry/people/erasure.py",
        "    await idempotency.empty(session, str(person.id))\n", "",
        ("tests/registry/test_people_erasure.py",),
    ),
    Guard(
        "values of rows in an API's log", "shared/telemetry.py",
        "            without_values,\n", "",
        ("tests/test_personal_data.py",),
    ),
    Guard(
        "values of rows in PostgreSQL's log", "deploy/local/postgres.py",
        '    "log_error_verbosity": "terse",', '    "log_error_verbosity": "default",',
        ("tests/test_personal_data.py",),
    ),
    Guard(
        "one family at a time", "services/registry/families/members.py",
        "        if other is not None:", "        if False:",
        ("tests/registry/test_families.py",),
    ),
    Guard(
        "lock of both records of a duplicate link", "services/registry/people/duplicates.py",
        ".with_for_update(of=Person)", "",
        ("tests/registry/test_people_duplicates.py",),
    ),
    Guard(
        "sequence guard of dossiers", "services/reporting/dossiers.py",
        "    WHERE dossier.sequence < excluded.sequence\n    RETURNING", "    RETURNING",
        (PROJECTION, "tests/faults/test_relay.py", "tests/faults/test_poison.py"),
    ),
    Guard(
        "sequence guard of regions", "services/reporting/tree.py",
        " AND region.sequence < given.sequence", "",
        (PROJECTION,),
    ),
    Guard(
        "compare-and-set of positions", "shared/positions.py",
        '    " AND position.next_offset = moved.expected"\n', "",
        ("tests/faults/test_projector.py",),
    ),
    Guard(
        "pending mark (a cursor on the id instead)", "shared/relay.py",
        "FROM outbox WHERE pending ORDER BY id",
        "FROM outbox WHERE id > (SELECT coalesce(max(s.id), 0) FROM outbox s WHERE NOT s.pending) ORDER BY id",
        ("tests/faults/test_relay.py",),
    ),
    Guard(
        "owner lock of institutions", "services/reporting/dossiers.py",
        '" ORDER BY subject_id FOR UPDATE"', '" ORDER BY subject_id"',
        (PROJECTION,),
    ),
    Guard(
        "owner lock of villages", "services/reporting/tree.py",
        "{' FOR UPDATE' if lock else ''}", "",
        (PROJECTION,),
    ),
    Guard(
        "owner lock of cultural values", "services/reporting/projection.py",
        "await dossiers.lock_owners(driver, CulturalValue.NOUN, values.keys() | practised)",
        "{row[0]: row[1] for row in await driver.fetch("
        "\"SELECT subject_id, state::text FROM dossier WHERE noun = 'cultural-value' AND subject_id = ANY($1)\","
        " list(values.keys() | practised))}",
        (PROJECTION,),
    ),
    Guard(
        "a set counted once in each region", "services/reporting/sets.py",
        "    if len(listed) == 1:\n", "    if listed:\n",
        (PROJECTION, "tests/reporting/test_sets.py", "tests/reporting/test_whole_measures.py"),
    ),
    Guard(
        "cultural values following their villages", "services/reporting/dossiers.py",
        "PLACED = (Activity.NOUN, Institution.NOUN, CulturalValue.NOUN)", "PLACED = (Activity.NOUN, Institution.NOUN)",
        ("tests/reporting/test_whole_values.py",),
    ),
    Guard(
        "institutions whose targets changed", "services/reporting/measures/institution.py",
        "sorted(empowered(tallied))", "[]",
        (PROJECTION,),
    ),
    Guard(
        "one writer of reference data at a time", "services/reporting/reference/keeping.py",
        '"SELECT pg_advisory_xact_lock(:key)"', '"SELECT CAST(:key AS bigint)"',
        ("tests/reporting/test_reference.py",),
    ),
    Guard(
        "projection lock", "services/reporting/dossiers.py",
        "SELECT pg_advisory_xact_lock{'' if still else '_shared'}($1, hashtext(current_schema()))",
        "SELECT $1::bigint",
        (PROJECTION, "tests/faults/test_rebuild.py"),
    ),
    Guard(
        "the former place until a village has moved", "services/reporting/tree.py",
        "state = given.state::json,\n", "state = given.state::json, lineage = given.lineage::jsonb,\n",
        (PROJECTION,),
    ),
    Guard(
        "leaving the former place", "services/reporting/moving.py",
        "    before.contribute(sums.taking(-1), statistics_from)\n", "",
        (PROJECTION,),
    ),
    Guard(
        "sequence guard of facts about people", "services/reporting/people/facts.py",
        'if row["sequence"] < item.event.sequence and', 'if',
        (PEOPLES,),
    ),
    Guard(
        "lock of who counts once", "services/reporting/people/owners.py",
        "    ORDER BY id FOR UPDATE\n", "    ORDER BY id\n",
        (PEOPLES_LOCKS,),
    ),
    Guard(
        "lock of whom a duplicate counts as", "services/reporting/people/owners.py",
        "        wanted = held.roots(held.rows)\n", "        return\n",
        (PEOPLES_LOCKS,),
    ),
    Guard(
        "lock of all that count as one when a link changes", "services/reporting/people/owners.py",
        "        if linked:\n", "        if False:\n",
        (PEOPLES, PEOPLES_LOCKS),
    ),
    Guard(
        "lock of the institution a membership leads to", "services/reporting/projection.py",
        "    organisers |= people.institutions\n", "",
        (PEOPLES_LOCKS,),
    ),
    Guard(
        "lock of the network that gave", "services/reporting/people/owners.py",
        "ORDER BY subject_id FOR SHARE", "ORDER BY subject_id",
        (PEOPLES_LOCKS,),
    ),
    Guard(
        "families of whose heads' memberships change", "services/reporting/people/following.py",
        "            keys |= await owners.family_keys(driver, belonging)\n", "",
        (PEOPLES,),
    ),
    Guard(
        "sets of people leaving the former place", "services/reporting/moving.py",
        "    people.within(before.villages).contribute(asked, counts.taking(-1))\n", "",
        (PEOPLES,),
    ),
    Guard(
        "an old code by its day", "services/activities/known/places.py",
        " if held.on(day)}", "}",
        ("tests/activities/test_regions_in_time.py",),
    ),
    Guard(
        "codes of those whose records were taken", "services/activities/known/regions.py",
        "UNION SELECT earlier.id FROM touched JOIN known_region earlier ON earlier.heir_id = touched.id", "",
        ("tests/activities/test_regions_in_time.py",),
    ),
    Guard(
        "one relay per database", "shared/relay.py",
        '"SELECT pg_try_advisory_lock($1)"', '"SELECT $1::bigint > 0"',
        ("tests/faults/test_relay.py",),
    ),
    Guard(
        "anchor check", "shared/fetching.py",
        "if found != place.anchor:", "if found is None:",
        ("tests/faults/test_rebuild.py",),
    ),
    Guard(
        "end check", "shared/fetching.py",
        "if ends[partition] < place.next_offset:", "if ends[partition] < 0:",
        ("tests/faults/test_rebuild.py",),
    ),
    Guard(
        "mark after the acknowledgement", "shared/relay.py",
        '            await self._publish(producer, rows)\n            self.fault("relay.after_acknowledgement")\n'
        '            await self._mark(connection, [row["id"] for row in rows])\n',
        '            await self._mark(connection, [row["id"] for row in rows])\n'
        '            self.fault("relay.after_acknowledgement")\n            await self._publish(producer, rows)\n',
        ("tests/faults/test_relay.py",),
    ),
)  # fmt: skip


class Misfit(Exception):
    """The guard could not be switched off."""


def main(wanted: list[str]) -> int:
    """Prints the table; returns the exit code."""
    unnoticed = 0
    for guard in (*GUARDS, *activities_guards.GUARDS, *fault_guards.GUARDS, *walls_guards.GUARDS):
        if wanted and not any(word in guard.name for word in wanted):
            continue
        try:
            red = _red_tests(guard)
            unnoticed += not red
        except Misfit as misfit:
            red = [str(misfit)]
            unnoticed += 1
        print(f"{guard.name}\n    " + "\n    ".join(red or ["STAYS GREEN"]), flush=True)
    return 1 if unnoticed else 0


def _red_tests(guard: Guard) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="wahana-mutation-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        (copy / ".wahana").symlink_to(ROOT / ".wahana")
        Path(folder).chmod(0o755)
        file = copy / guard.file
        text = file.read_text()
        if text.count(guard.old) != 1:
            raise Misfit(f"the patch does not fit {guard.file} any more")
        file.write_text(text.replace(guard.old, guard.new))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", *guard.tests]
        said = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False).stdout
    red = re.findall(r"^(?:FAILED|ERROR) (\S+(?:\[[^\]]*\])?)", said, re.MULTILINE)
    if not re.search(r"\d+ (passed|failed)", said):
        raise Misfit(f"the tests did not run:\n{said[-2000:]}")
    return [test.rpartition("::")[2] for test in red]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
