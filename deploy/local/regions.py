"""Whether the regions have to be loaded: not when this very table was, by this very code, into these very data.

The load itself compares 91,600 rows to find that nothing is to do: the longest part of a warm start.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from deploy.local.settings import ROOT


class Loaded:
    """The mark of a finished load. It lies with the data, so `make reset` removes it; it names its database."""

    def __init__(self, data: Path, databases: Mapping[str, str]) -> None:
        self._file = data / "regions-loaded"
        digest = hashlib.sha256(databases["registry"].encode())
        for file in sorted((ROOT / "services" / "registry").rglob("*")):
            if file.suffix in (".py", ".gz"):
                digest.update(file.read_bytes())
        self._wanted = digest.hexdigest()

    def __bool__(self) -> bool:
        return self._file.exists() and self._file.read_text() == self._wanted

    def note(self) -> None:
        """To be called after a load that succeeded."""
        self._file.write_text(self._wanted)
