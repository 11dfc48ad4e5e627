"""Requests that nobody would write by hand, made by schemathesis from a service's document and sent to a running house.

    await told(house, "reporting", house.issuer.mint("ministry", "ID"))

No answer may be a failure of ours; every status, media type, header and body is one that the document tells; what a schema
forbids is refused, and what needs a token is not answered without one.

The document is the published one, with examples that fit the records of the house: from them requests start that are
understood. `make requests N=100` makes a hundred cases of each
kind instead of a few, walks along the links, and adds the borders of every parameter: an hour.
"""

import asyncio
import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.contracts import http
from tests.house import House
from tests.registry.world import Operation

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PROGRAM = Path(sys.executable).with_name("st")
LONG = int(os.environ.get("WAHANA_EXAMPLES") or 0)
"""Cases of each kind for one operation in a long run; 0 for the short one."""
AMOUNT = ("--phases", "examples,coverage,fuzzing,stateful", "-n", str(LONG)) if LONG else ("--phases", "examples,fuzzing", "-n", "2")  # fmt: skip


async def told(
    house: House, service: str, token: str | None, operations: Sequence[Operation] = (), amount: Sequence[str] = AMOUNT
) -> None:
    """Fails with what schemathesis found, and the commands that repeat it."""
    folder = house.servers.kafka.folder.parent
    document = folder / f"{house.prefix}-{service}.json"
    document.write_text(json.dumps(fitted(json.loads(http.file_of(service).read_text()), operations)))
    header = ("--header", f"Authorization: Bearer {token}") if token is not None else ()
    command = [PROGRAM, "--config-file", CONFIGURATION, "run", document, "--url", house.url(service), *header, *amount]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, cwd=folder)
    assert ran.returncode == 0, f"{ran.stdout[-20_000:]}\n{ran.stderr[-5_000:]}"


def fitted(document: dict[str, Any], operations: Sequence[Operation]) -> dict[str, Any]:
    """The document with the addresses and bodies of these operations for examples, meant for any version."""
    document = copy.deepcopy(document)
    for known in operations:
        operation = document["paths"][known.template][known.method.lower()]
        names = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", known.template), known.address)
        examples = {**(names.groupdict() if names else {}), "If-Match": "*"}
        for parameter in operation.get("parameters", []):
            if (example := examples.get(parameter["name"])) is not None:
                parameter["schema"] = {**parameter["schema"], "examples": [_read(example, parameter["schema"])]}
        if known.media is not None:
            operation["requestBody"]["content"][known.media]["example"] = known.body
    return document


def _read(text: str, schema: dict[str, Any]) -> Any:
    return int(text) if schema.get("type") == "integer" else text
