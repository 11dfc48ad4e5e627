"""Looks whether what Wahana is made of is known to be unsafe. Ends with 1 if it is.

python -m deploy.supply                   # `make check`: advisories, bill of materials, licences, secrets
python -m deploy.supply --require-audit   # before a release: no service that answers is a fault too
python -m deploy.supply --baseline        # what looks like a secret now was looked at, and is none
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from deploy.local.bootstrap import ROOT
from deploy.supply import audit, bill, lock, secret_scan
from deploy.supply.audit import Audit


def main(arguments: list[str]) -> int:
    """Runs the program; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.supply", description=__doc__.partition("\n")[0])
    parser.add_argument("--require-audit", action="store_true", help="fail if no vulnerability service answers")
    parser.add_argument("--baseline", action="store_true", help="write what is found into the baseline of secrets")
    parser.add_argument("--osv-url", default=audit.OSV, help="another address of OSV, such as a mirror's")
    given = parser.parse_args(arguments)
    if given.baseline:
        count = secret_scan.accept(secret_scan.found(secret_scan.files()))
        print(f"{count} places look like a secret and are none.")
        return 0
    packages = lock.packages()
    with ThreadPoolExecutor(1) as threads:
        asking = threads.submit(audit.audit, packages, given.osv_url)
        components, faults = bill.written()
        names = secret_scan.files()
        secrets = secret_scan.new(secret_scan.found(names))
        audited = asking.result()
    faults += [f"a known vulnerability: {found}" for found in audited.found] + audited.faults
    faults += [f"looks like a secret: {place} (if it is none: python -m deploy.supply --baseline)" for place in secrets]
    print(_told(audited, len(packages)))
    print(f"{components} components in {bill.FILE.relative_to(ROOT)}; {len(names)} files hold no new secret.")
    if given.require_audit and audited.service is None:
        faults.append("no vulnerability service answers")
    if faults:
        print(*faults, sep="\n", file=sys.stderr)
        return 1
    return 0


def _told(audited: Audit, packages: int) -> str:
    if audited.service:
        unseen = f" NOT LOOKED AT: {', '.join(audited.unseen)}." if audited.unseen else ""
        return (
            f"{audited.service} was asked about {packages - len(audited.unseen)} of {packages} locked packages.{unseen}"
        )
    last = f"Last asked on {audited.last:%Y-%m-%d}." if audited.last else "Never asked from this folder."
    return (
        f"!!! NOT AUDITED: neither PyPI's advisories nor OSV can be reached from here. {last}\n"
        f"!!! The {packages} locked packages were held against deploy/supply/advisories.json only; run it again with a network."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
