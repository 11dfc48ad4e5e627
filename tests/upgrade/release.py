"""The code of the version before, as it was released: an archive beside this file, and programs that are run from it.

    python -m tests.upgrade.release --write v1.2.0      # by whoever has released that tag

A checkout without history, as continuous integration makes it, has no other way to the code of yesterday.
"""

import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
ARCHIVE = HERE / "release.tar.xz"
NAME = HERE / "release.txt"
"""Which version the archive holds, and its commit."""
LEFT_OUT = ":!*.csv.gz"
"""Tables of regions: nothing that serves reads them."""


def unpacked(folder: Path) -> dict[str, str]:
    """Unpacks the archive; the environment in which a program runs its code and not ours."""
    folder.mkdir(exist_ok=True)
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1"}


def write(reference: str) -> None:
    """Makes the archive anew of a tag or commit of this repository."""
    command = ["git", "archive", "--format=tar", reference, "services", "shared", LEFT_OUT]
    ARCHIVE.write_bytes(lzma.compress(subprocess.run(command, capture_output=True, check=True).stdout, preset=9))
    commit = subprocess.run(["git", "rev-parse", reference], capture_output=True, text=True, check=True).stdout
    NAME.write_text(f"{reference} {commit}")
    print(f"{ARCHIVE.name}: {reference}, {ARCHIVE.stat().st_size} bytes")


if __name__ == "__main__":
    if sys.argv[1:2] != ["--write"] or len(sys.argv) != 3:
        sys.exit(__doc__)
    write(sys.argv[2])
