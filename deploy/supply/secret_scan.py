"""Secrets in the tree, by detect-secrets, against a baseline of what was looked at and is none.

    python -m deploy.supply --baseline     # after a look: what is found now is no secret

Looked at are the files that git knows, or would with the next `git add`. What programs write from our code is left out, since
the code is looked at; so are locks, which are digests.
"""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detect_secrets.__version__ import VERSION
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from deploy.local.bootstrap import ROOT

OWN = Path(__file__).with_name("own_secrets.py")
_KINDS: dict[str, type[Any]] = get_mapping_from_secret_type_to_class()
PLUGINS: list[dict[str, Any]] = [
    *({"name": kind.__name__} for kind in _KINDS.values()),
    {"name": "WahanaSecretDetector", "path": f"file://{OWN}"},
]
BASELINE = Path(__file__).with_name("secrets.baseline")
SEEN = ROOT / ".wahana" / "supply" / "secrets.json"
"""What was found in files before, by their digests; no secret stands in it."""
LEFT_OUT = ("deploy/openapi/", "deploy/asyncapi.json", "deploy/supply/secrets.baseline", "uv.lock")
LEFT_OUT_ENDS = ("package-lock.json", ".gz", ".png", ".ico", ".xlsx", ".parquet", ".woff2")


def files(folder: Path = ROOT) -> list[str]:
    """What is looked at, relative to the folder."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):  # no git here, or a copy of the tree without its history
        told = list(_walked(folder))
    return sorted(
        name for name in told
        if name and not name.startswith(LEFT_OUT) and not name.endswith(LEFT_OUT_ENDS) and (folder / name).is_file()
    )  # fmt: skip


def _walked(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [
            name for name in folders if not name.startswith(".") and name not in ("__pycache__", "node_modules")
        ]
        yield from (os.path.relpath(os.path.join(place, name), folder) for name in names)


def found(names: Sequence[str], folder: Path = ROOT, seen: Path = SEEN) -> SecretsCollection:
    """All that looks like a secret. A file with the same bytes as before is not looked at again: a look at all takes half a
    minute of processor."""
    kept: dict[str, list[dict[str, Any]]] = json.loads(seen.read_text()) if seen.exists() else {}
    digests = {name: _digest(folder / name, name) for name in names}
    unseen = SecretsCollection(root=str(folder))
    with transient_settings({"plugins_used": PLUGINS}):
        get_mapping_from_secret_type_to_class.cache_clear()  # it was asked before it could know ours
        unseen.scan_files(*(name for name, digest in digests.items() if digest not in kept), num_processors=2)
    fresh = unseen.json()
    # By their names in the tree: whoever cloned it elsewhere knows the same secrets.
    results = {
        name: [{**entry, "filename": name} for entry in kept.get(digest, fresh.get(name, []))]
        for name, digest in digests.items()
    }
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.write_text(json.dumps({digests[name]: entries for name, entries in results.items()}))
    return SecretsCollection.load_from_baseline(
        {"results": {name: entries for name, entries in results.items() if entries}}
    )


def _digest(file: Path, name: str) -> str:
    """Of a file's name and bytes, and of the scanner."""
    return hashlib.sha256(f"{VERSION}\0{name}\0".encode() + OWN.read_bytes() + file.read_bytes()).hexdigest()


def new(secrets: SecretsCollection, baseline: Path = BASELINE) -> list[str]:
    """What is found and not in the baseline: file, line and kind, never the secret."""
    known = SecretsCollection.load_from_baseline(json.loads(baseline.read_text()))
    return [f"{name}:{secret.line_number}: {secret.type}" for name, secret in secrets - known]


def accept(secrets: SecretsCollection, baseline: Path = BASELINE) -> int:
    """Writes the baseline: digests of what is no secret, without line numbers, which move; gives their number."""
    kept = {
        name: [{**entry, "line_number": 0} for entry in entries] for name, entries in sorted(secrets.json().items())
    }
    baseline.write_text(json.dumps({"version": "1", "results": kept}, indent=2, sort_keys=True) + "\n")
    return sum(map(len, kept.values()))
