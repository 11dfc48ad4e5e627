"""The last thing `make run` prints: addresses, a ready token, three commands that work when pasted."""

from rich.markup import escape

from deploy.local.console import console
from deploy.local.issuer import Issuer
from deploy.local.settings import SERVICES, Settings

ROLE, AREA = "regency-officer", "32.04"


def show(settings: Settings) -> None:
    """Print it, with a token minted now."""
    address = settings.address
    token = Issuer(address, settings.key_file, settings.audience).mint(ROLE, AREA)
    console.print(f"\n  [bold]{address}[/bold]  landing page, health, tokens")
    for service in SERVICES:
        console.print(f"  {address}/{service}/docs")
    console.print(f"\nA token of a {ROLE} in {AREA} (Kab. Bandung), for 8 hours. Paste it, then try:\n")
    console.out(f"TOKEN={token}\n", highlight=False)
    for path in ("registry/v1/regions/32.04", "registry/v1/institutions", "reporting/v1/indicators"):
        command = f'curl -s -H "Authorization: Bearer $TOKEN" {address}/{path}'
        console.out(command, highlight=False)
    console.print(f"\n[dim]Logs: {escape(str(settings.folder / 'logs'))}. Ctrl-C stops everything.[/dim]\n")
