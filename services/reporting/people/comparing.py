"""Facts about people in a form that two databases can be compared by: by ids, since keys depend on the order of arrival."""

QUERIES = {
    "owner": (
        "SELECT owner.unit, owner.id, owner.sequence, owner.voided, owner.sex, owner.birth_year, of.id AS duplicate_of,"
        " root.id AS counts_as FROM {schema}.owner LEFT JOIN {schema}.owner AS of ON of.key = owner.duplicate_of"
        " LEFT JOIN {schema}.owner AS root ON root.key = owner.counts_as WHERE owner.sequence > 0"
    ),
    "family_head": (
        "SELECT family.id, head.id AS person_id, since, until FROM {schema}.family_head"
        " JOIN {schema}.owner AS family ON family.key = family_key JOIN {schema}.owner AS head ON head.key = person_key"
    ),
    "sheet": "SELECT id, sequence, activity_id, held_on, village_id, organiser_ids FROM {schema}.sheet WHERE sequence > 0",
    "attendance": (
        "SELECT sheet.id, year, person.id AS person_id FROM {schema}.attendance"
        " JOIN {schema}.sheet ON sheet.key = sheet_key JOIN {schema}.owner AS person ON person.key = person_key"
    ),
    "membership": (
        "SELECT membership.id, membership.sequence, person.id AS person_id, institution_id, since, until"
        " FROM {schema}.membership LEFT JOIN {schema}.owner AS person ON person.key = person_key"
        " WHERE membership.sequence > 0"
    ),
    "benefit": (
        "SELECT benefit.id, benefit.sequence, unit, owner.id AS owner_id, giver, giver_id, given_on, village_id, kinds"
        " FROM {schema}.benefit LEFT JOIN {schema}.owner ON owner.key = owner_key WHERE benefit.sequence > 0"
    ),
    "network_place": (
        "SELECT id, sequence, network_id, institution_id, since, until FROM {schema}.network_place WHERE sequence > 0"
    ),
}
"""By table; `schema` is to be filled in."""
