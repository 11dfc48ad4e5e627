"""What the groups of activities' operations are about, for the reader of its OpenAPI document."""

TAGS = [
    {"name": name, "description": description}
    for name, description in {
        "activities": "What is planned and done: planned, rescheduled, held, corrected, cancelled, voided.",
        "attendance": "Who came, by name, in sheets of up to 500, beside headcounts.",
        "batches": "Up to 500 operations captured offline, each with its own result, each done once.",
        "benefits": "Who was helped, with what: a person, a family or a community.",
        "exchange": "Needs, offers and experiences of institutions: searched, matched, answered, used again.",
        "granaries": "What goes into and out of a granary; it never holds less than nothing on any day.",
        "programmes": "A year's programmes of institutions and networks, with budget and progress.",
        "referrals": "Whom institutions passed on to a partner, and what the partner answered.",
        "resources": "Means that came in, by source and form, with refunds.",
        "series": "Activities that recur by a rule (RFC 5545), planned ahead.",
        "village reports": "The monthly report of a village, also of nothing, accepted or returned by the district.",
    }.items()
]
