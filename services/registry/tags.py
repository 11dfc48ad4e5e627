"""What the groups of registry's operations are about, for the reader of its OpenAPI document."""

TAGS = [
    {"name": name, "description": description}
    for name, description in {
        "assessments": "How far an institution has come, asked by a published instrument.",
        "change requests": "Changes of what is verified, waiting for somebody else's decision.",
        "communities": "Communities of people who are helped, such as a remote adat community, with their members.",
        "cultural values": "Local values such as gotong royong or sasi, and where they were seen practised.",
        "documents": "Papers of institutions and networks: deeds, decrees, registrations, until when they hold.",
        "facilities": "What institutions own or use, and in which condition it was found.",
        "families": "Families by their card; its number is sealed and masked.",
        "further fields": "Fields of its own that an administrator gives to an institution type.",
        "institutions": "Local institutions: registered by the village, reviewed, verified by somebody else, and their life.",
        "memberships": "Who belongs to an institution, from when until when.",
        "network delegates": "Who speaks for a member in a network.",
        "network funds": "A network's ledger: entries are reversed, never changed.",
        "network memberships": "Which institutions belong to a network, from when until when.",
        "network officers": "A network's management and its terms.",
        "network work plans": "What a network plans for a year.",
        "networks": "WKSBM networks: territory, legalisation and life.",
        "officers": "Who leads an institution, and the terms.",
        "partners": "Authorities, companies, organisations and persons that institutions work with.",
        "partnerships": "Agreements of institutions and networks with partners.",
        "people": "The only place with names and NIK. Numbers are masked; seeing one takes a right and a reason, and is told.",
        "region changes": "Splits, mergers and new codes of regions: previewed, decided, applied.",
        "regions": "Regions of Kemendagri in time: by code in either spelling, children, ancestors, history, search.",
        "work queue": "What waits for the caller's decision, and what runs out soon.",
    }.items()
]
