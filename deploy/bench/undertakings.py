"""A country's activities of three years and who came to them, made by the database itself: what lists are read among.

Rows are as the services write them, sheets and pairs of each other's people; events and audit entries, which lists never
read, are left out. Most happens in few villages: the busiest has some hundred times what an ordinary one has.
"""

from deploy.bench import population
from deploy.bench.installation import Installation

MOST_IN_A_SHEET = 40
"""An activity with more named people has a second sheet."""
FEWEST, VARIOUS = 5, 48
"""Named people of an activity that names any: so many, and up to as many more, one left out."""
HELD, VOIDED = 0.88, 0.01
"""Shares of all activities."""
AT_ONCE = 50_000
"""Activities that one statement makes, with all that belongs to them: those of some months, the oldest first."""

INSTITUTIONS = """
WITH village AS (
    SELECT id, row_number() OVER (ORDER BY md5(code)) - 1 AS number
    FROM known_region WHERE level = 'village' AND until IS NULL AND code IS NOT NULL
), drawn AS MATERIALIZED (
    SELECT number, floor((SELECT count(*) FROM village) * power(random(), 2))::int AS village
    FROM generate_series(1, {institutions}) AS number
)
INSERT INTO known_institution (id, sequence, name, type, village_id, active, verification, voided)
SELECT md5('institution ' || drawn.number)::uuid, 2,
    'Arisan ' || {first}[1 + drawn.number % {firsts}] || ' ' || {second}[1 + drawn.number % {seconds}], 'ARS', village.id,
    '[{{"since": "2015-09-01", "until": null}}]', 'terverifikasi', false
FROM drawn JOIN village ON village.number = drawn.village
"""
PEOPLE = """
INSERT INTO known_person (id, sequence, sex, birth_year, village_id, duplicate_of, erased, voided)
SELECT md5('person ' || number)::uuid, 1, CASE number % 2 WHEN 0 THEN 'P' ELSE 'L' END, 1945 + number % 65, NULL, NULL,
    false, false
FROM generate_series(0, {people} - 1) AS number
"""
# Neighbours of one number on, as those are who come to what it leads.
MEMBERSHIPS = """
INSERT INTO known_membership (id, sequence, person_id, institution_id, spells, voided)
SELECT gen_random_uuid(), 1, md5('person ' || ({neighbour} + place) % {people})::uuid, lead_institution_id,
    '[{{"since": "2020-01-01", "until": null}}]', false
FROM (SELECT id AS lead_institution_id FROM known_institution) AS institution,
    generate_series(0, {memberships} / {institutions}) AS place
"""
ACTIVITIES = """
WITH institution AS (
    SELECT one.id, one.village_id, area_code, row_number() OVER (ORDER BY one.id) - 1 AS number
    FROM known_institution AS one JOIN known_region ON known_region.id = village_id
), drawn AS MATERIALIZED (
    SELECT floor({institutions} * power(random(), 1.5))::int AS lead_number,
        floor({institutions} * random())::int AS other_number,
        random() AS fate, random() < {voided} AS voided, random() < 0.6 AS was_planned, random() AS naming,
        random() < 0.2 AS is_joint, random() < 0.05 AS is_elsewhere, random() < 0.05 AS has_party,
        random() < 0.05 AS has_value, random() < 0.3 AS has_resources, random() < 0.1 AS has_place,
        {fewest} + floor({various} * random())::int AS named, floor(20 * random())::int AS others,
        current_date - 3 - floor(1095 * ({parts} - {part} - random()) / {parts})::int AS day, floor(3 * power(random(), 4))::int AS more_days,
        20 * power(random(), 3) AS later, 1 + floor(18 * power(random(), 2))::int AS kind,
        1 + floor({firsts} * random())::int AS first, 1 + floor({seconds} * random())::int AS second
    FROM generate_series(1, {activities} / {parts})
), told AS (
    SELECT *, CASE WHEN fate < {held} THEN 'selesai' WHEN fate < 0.97 THEN 'direncanakan' ELSE 'dibatalkan' END AS status,
        fate >= {held} OR was_planned AS has_plan,
        CASE WHEN fate < {held} AND NOT voided AND naming < {naming} THEN named ELSE 0 END AS names,
        least(day + more_days + 1 + later * interval '1 day', now()) AS at
    FROM drawn
), activity AS (
INSERT INTO activity (id, title, kind, strategy, objective, target_group, village_id, village_code, lead_institution_id,
    lead_village_code, co_organiser_ids, partners, target_institution_ids, plan, planned_from, planned_until, status,
    held_from, held_until, invited, attended, parties, cultural_value_ids, place, named, resources, voided, recorded_at,
    changed_at, sequence)
SELECT uuidv7(at - now()),
    (ARRAY['Kerja bakti', 'Pelatihan', 'Musyawarah', 'Posyandu', 'Arisan', 'Penyuluhan', 'Bantuan beras'])[1 + kind % 7]
        || ' ' || {first}[first] || ' ' || {second}[second],
    {kinds}[kind], 'pemberdayaan', 'Saluran bersih sebelum musim hujan', '{{"members": true, "ppks_kinds": []}}',
    place.village_id, place.area_code, lead.id, lead.area_code,
    CASE WHEN is_joint AND other.id <> lead.id THEN ARRAY[other.id] ELSE '{{}}' END, '{{}}', '{{}}',
    CASE WHEN has_plan THEN jsonb_build_array(jsonb_build_object('planned_from', day, 'planned_until', day + more_days,
        'recorded_on', day - 9)) ELSE '[]' END,
    CASE WHEN has_plan THEN day END, CASE WHEN has_plan THEN day + more_days END, status,
    CASE status WHEN 'selesai' THEN day END, CASE status WHEN 'selesai' THEN day + more_days END,
    CASE status WHEN 'selesai' THEN jsonb_build_object('total', names + others + 5, 'by_sex', NULL, 'by_age', NULL) END,
    CASE status WHEN 'selesai' THEN jsonb_build_object('total', names + others, 'by_age', NULL, 'by_sex',
        jsonb_build_object('female', (names + others) / 2, 'male', (names + others + 1) / 2, 'unknown', 0)) END,
    CASE WHEN has_party THEN jsonb_build_array(jsonb_build_object('organisation', 'network', 'id',
        md5('network ' || lead.number % 1000)::uuid, 'role', 'pendukung', 'of_lead', false)) ELSE '[]' END,
    CASE WHEN has_value THEN ARRAY[md5('value ' || lead.number % 100)::uuid] ELSE '{{}}' END,
    CASE WHEN has_place THEN '{{"text": "Balai RW 05", "latitude": -7.0312, "longitude": 107.5561}}'::jsonb END, names,
    CASE WHEN has_resources THEN '[{{"form": "tunai", "value": 300000, "source": "iuran", "unvalued": 0}}]'::jsonb
        ELSE '[]' END,
    voided, at, at, 1 + has_plan::int
FROM told
JOIN institution AS lead ON lead.number = lead_number
JOIN institution AS other ON other.number = other_number
JOIN institution AS place ON place.number = CASE WHEN is_elsewhere THEN other_number ELSE lead_number END
ORDER BY at
RETURNING *
), sheet AS (
INSERT INTO attendance_sheet (id, activity_id, people, held_on, village_id, village_code, lead_institution_id,
    lead_village_code, organiser_ids, voided, recorded_at, changed_at, sequence)
SELECT uuidv7(changed_at - now()), id,
    (SELECT jsonb_agg(jsonb_build_object('person_id', md5('person ' || ({neighbour} + place) % {people})::uuid,
        'role', CASE WHEN place % 5 = 0 THEN 'relawan' WHEN place < 4 THEN 'anggota' ELSE 'warga' END,
        'volunteer_hours', CASE WHEN place % 5 = 0 THEN 4 END))
     FROM generate_series(part * {most}, least(named, (part + 1) * {most}) - 1) AS place),
    held_until, village_id, village_code, lead_institution_id, lead_village_code, lead_institution_id || co_organiser_ids,
    false, changed_at, changed_at, 1
FROM activity, generate_series(0, (named - 1) / {most}) AS part WHERE named > 0 ORDER BY changed_at
RETURNING *
)
INSERT INTO attendance (activity_id, person_id, sheet_id)
SELECT activity_id, (one ->> 'person_id')::uuid, id FROM sheet, jsonb_array_elements(people) AS one
"""
NEIGHBOUR = "('x' || left(md5(lead_institution_id::text), 7))::bit(28)::int"
"""Number of the first person who comes to what an institution leads."""
KINDS = (
    "gotong_royong", "simpan_pinjam", "kesehatan", "musyawarah", "pelatihan", "bantuan_barang", "sosialisasi_wksbm",
    "penyadaran", "bimbingan", "bantuan_uang", "bantuan_sarana", "lumbung", "layanan_kematian", "pendidikan", "rujukan",
    "tanggap_darurat", "pelestarian_budaya", "lainnya",
)  # fmt: skip
"""Of activities, the most frequent first."""
TABLES = ("known_institution", "known_person", "known_membership", "activity", "attendance_sheet", "attendance")


def fill(wahana: Installation) -> None:
    """Institutions and their members, activities, sheets, and their people."""
    size = wahana.stage.size
    values = {
        "institutions": size.institutions, "people": size.people, "memberships": size.memberships,
        "activities": size.activities, "naming": _share_that_names_people(size.activities, size.attendances),
        "first": _array(population.FIRST), "firsts": len(population.FIRST), "second": _array(population.SECOND),
        "seconds": len(population.SECOND), "kinds": _array(KINDS), "neighbour": NEIGHBOUR, "held": HELD, "voided": VOIDED,
        "fewest": FEWEST, "various": VARIOUS, "most": MOST_IN_A_SHEET,
    }  # fmt: skip
    scripts = [script.format(**values) for script in (INSTITUTIONS, PEOPLE, MEMBERSHIPS)]
    parts = max(1, size.activities // AT_ONCE)
    scripts += [ACTIVITIES.format(part=part, parts=parts, **values) for part in range(parts)]
    for number, script in enumerate(scripts):
        wahana.execute("activities", f"SELECT setseed({number / len(scripts)}); {script}")
    for table in TABLES:
        wahana.execute("activities", f"VACUUM (ANALYZE) {table}")


def _share_that_names_people(activities: int, attendances: int) -> float:
    return attendances / (activities * HELD * (1 - VOIDED) * (FEWEST + (VARIOUS - 1) / 2))


def _array(words: tuple[str, ...] | list[str]) -> str:
    return f"(ARRAY[{', '.join(repr(word) for word in words)}])"
