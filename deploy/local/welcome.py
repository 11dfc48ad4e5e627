"""The last thing `make run` prints: addresses, a ready token, three commands that work when pasted."""

from datetime import UTC, datetime

import httpx
from rich.markup import escape

from deploy.local.console import console
from deploy.local.issuer import Issuer
from deploy.local.settings import SERVICES, Settings

ROLE, AREA = "regency-officer", "32.04"


def paths() -> list[str]:
    """What the three commands ask for: a region, its institutions, its indicators of this year."""
    year = datetime.now(UTC).year
    return [
        f"/registry/v1/regions/{AREA}",
        "/registry/v1/institutions?limit=5",
        f"/reporting/v1/profiles/{AREA}?period={year}",
    ]


def unanswered(settings: Settings) -> list[str]:
    """The paths that do not answer 200 yet: after the first load, events are still on their way to reporting."""
    headers = {"Authorization": f"Bearer {_token(settings)}"}
    with httpx.Client(base_url=settings.address, headers=headers, trust_env=False, timeout=10) as client:
        return [path for path in paths() if client.get(path).status_code != httpx.codes.OK]


def show(settings: Settings) -> None:
    """Print it, with a token minted now."""
    address = settings.address
    console.print(f"\n  [bold]{address}[/bold]  landing page, health, tokens")
    for service in SERVICES:
        console.print(f"  {address}/{service}/docs")
    console.print(f"\nA token of a {ROLE} in {AREA} (Kab. Bandung), for 8 hours. Paste it, then try:\n")
    console.out(f"TOKEN={_token(settings)}\n", highlight=False)
    for path in paths():
        console.out(f"curl -s -H \"Authorization: Bearer $TOKEN\" '{address}{path}'", highlight=False)
    console.print("\nCommands (verify, recompute, rebuild …) reach this run so:\n")
    console.out("set -a; . .wahana/environment; set +a; .venv/bin/wahana verify", highlight=False)
    console.print(f"\n[dim]Logs: {escape(str(settings.folder / 'logs'))}. Ctrl-C stops everything.[/dim]\n")


def _token(settings: Settings) -> str:
    return Issuer(settings.address, settings.key_file, settings.audience).mint(ROLE, AREA)
