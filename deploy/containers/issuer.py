"""The token issuer for trying out, in a container of the profile `trial`. It gives anybody any role: NEVER FOR PRODUCTION.

No image holds it: this folder is mounted into the container. Its key lives in a volume.
"""

import os
from pathlib import Path

from starlette.applications import Starlette

from deploy.local import issuer


def create_app() -> Starlette:
    """The issuer as an ASGI application; AUTH_ISSUER is its address as callers see it."""
    key_file = Path("/var/lib/wahana/issuer-key.json")
    return issuer.create_app(issuer.Issuer(os.environ["AUTH_ISSUER"], key_file, os.environ["AUTH_AUDIENCE"]))
