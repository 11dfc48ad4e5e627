"""What the groups of reporting's operations are about, for the reader of its OpenAPI document."""

TAGS = [
    {"name": name, "description": description}
    for name, description in {
        "indicators": "Numbers of every region and period with their age, their definition and what they are made of.",
        "reference data": "Populations and PPKS baselines that indicators divide by, in revisions.",
    }.items()
]
