"""Secrets of Wahana's own form, which no general scanner knows; loaded by detect-secrets from this file."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class WahanaSecretDetector(RegexBasedDetector):
    """Keys over people (`id:base64` of 32 bytes) and the private part of a JSON Web Key."""

    secret_type = "Wahana Key"  # noqa: S105  # the kind's name
    denylist = (
        re.compile(r"\b[a-z0-9][a-z0-9-]{0,19}:([A-Za-z0-9+/]{43}=)"),
        re.compile(r"\"d\"\s*:\s*\"([A-Za-z0-9_-]{40,})\""),
    )
