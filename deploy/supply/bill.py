"""The bill of materials (CycloneDX) of what runs in production, with licences, validated against its schema."""

import importlib.metadata
import json
import tomllib
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.local.bootstrap import ROOT
from deploy.supply import lock

FILE = ROOT / ".wahana" / "sbom" / "wahana.cdx.json"
REFUSED = ("AGPL", "GPL-", "GNU General Public", "GNU Affero", "SSPL", "BUSL")
"""In a licence that would bind what Wahana is given with. Of `A OR B` one may be; LGPL binds changes to itself only."""


def written(file: Path = FILE) -> tuple[int, list[str]]:
    """Writes the bill; gives the number of components and what is wrong with it or with their licences."""
    bill = lock.bill()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bill["metadata"]["component"] |= {"type": "application", "licenses": [_licence(project["license"])]}
    faults = []
    for component in bill["components"]:
        # Every file's digest, without its address: a checker of addresses takes minutes over some thousand of them.
        component["hashes"] = [digest for file in component.pop("externalReferences", []) for digest in file["hashes"]]
        licence = licence_of(component["name"])
        if licence is None:
            faults.append(f"{component['name']}: its licence is not known")
            continue
        component["licenses"] = [_licence(licence)]
        if is_refused(licence):
            faults.append(f"{component['name']}: {licence} would bind all of Wahana")
    text = json.dumps(bill, indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_5).validate_str(text):
        faults.append(f"the bill is not CycloneDX 1.5: {error}")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n")
    return len(bill["components"]), faults


def is_refused(licence: str) -> bool:
    """Whether every choice that a licence gives is one we refuse."""
    choices = licence.replace("LGPL", "").split(" OR ")
    return all(any(word in choice for word in REFUSED) for choice in choices)


def licence_of(package: str) -> str | None:
    """As the installed package declares it: an SPDX expression, else its classifier, else its words."""
    try:
        about: Any = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed on this platform"
    classified = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier", []) if c.startswith("License :: ")]
    told = about.get("License-Expression") or " OR ".join(classified) or about.get("License") or ""
    return told.strip().partition("\n")[0] or None


def _licence(told: str) -> dict[str, Any]:
    return {"license": {"name": told}}
