"""`make up` and `make down`: `python -m deploy.containers up`, `down`, `secrets`, or `compose …` for everything else.

`compose` passes its words on to docker compose, for the installation that `up` started: `… compose ps`.
"""

import argparse
import sys
from pathlib import Path

from deploy.containers import engine, images, secrets
from deploy.containers.engine import ROOT, Engine, Failed, NoEngine
from deploy.containers.stack import Stack

COMPOSE = "python3 -m deploy.containers compose"
MOUNTED = ("containers/proxy", "containers/postgres", "local", "containers/issuer.py")


def main() -> int:
    """0 if it was done; else 1 after a sentence on why not."""
    words = argparse.ArgumentParser(prog="python -m deploy.containers", description=__doc__)
    words.add_argument("what", choices=("up", "down", "secrets", "compose"))
    words.add_argument("more", nargs=argparse.REMAINDER)
    given = words.parse_args()
    try:
        if given.what == "secrets":
            _secrets(Path(given.more[0]) if given.more else ROOT / ".wahana" / "secrets")
        else:
            with engine.at_hand(keep=True) as found:
                _with_engine(found, given.what, given.more)
    except (NoEngine, Failed, OSError) as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; `make up` goes on, `make down` takes it down.", file=sys.stderr)
        return 1
    return 0


def _with_engine(found: Engine, what: str, more: list[str]) -> None:
    stack = Stack(found)
    if what == "up":
        _readable()
        print("Images …")
        images.ready(found, lambda said: print(f"  {said}", flush=True))
        made = secrets.make(stack.secrets)
        print(f"Secrets: {f'{len(made)} made' if made else 'there already'}, in {stack.secrets}")
        print("Containers …", flush=True)
        stack.up(*more, tell=_Changes())
        _welcome(stack)
    elif what == "down":
        stack.down(*more)
        print("Everything is stopped. The data stay in the engine's volumes; `docker volume ls` names them.")
    else:
        stack.compose(*more, show=True)


def _secrets(folder: Path) -> None:
    made = secrets.make(folder)
    print(f"{folder}: made {', '.join(made) or 'none, all are there'}")


def _readable() -> None:
    """Containers read these files as a user of their own. **Raises** Failed where a strict umask keeps them out."""
    for place in (ROOT / "deploy" / name for name in MOUNTED):
        hidden = [path for path in (place, *place.rglob("*")) if not path.stat().st_mode & 0o004]
        if hidden:
            raise Failed(f"{hidden[0]} cannot be read by others, and containers are others: chmod -R a+rX deploy")


class _Changes:
    """Tells what is waited for, once each."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, what: str) -> None:
        if what != self._last:
            print(f"  waiting for {what}", flush=True)
        self._last = what


def _welcome(stack: Stack) -> None:
    print(f"\nWahana runs at {stack.url}: /registry/docs, /activities/docs, /reporting/docs.")
    if stack.is_trial:
        print("\nTHIS IS A TRIAL: its issuer gives anybody any role. For more than trying out set AUTH_ISSUER and")
        print(
            "AUTH_JWKS_URL in .env (docs/containers.md). A token, and the regions of the country, which are loaded once:\n"
        )
        print(f"  curl -s {stack.url}/token -d role=regency-officer -d area=32.04")
    else:
        print("\nThe regions of the country, which are loaded once:\n")
    print(f"  {COMPOSE} run --rm registry-migrate wahana regions load\n")
    print(f"More: {COMPOSE} ps | logs -f reporting-worker | exec reporting-worker wahana verify; `make down` stops it.")


if __name__ == "__main__":
    sys.exit(main())
