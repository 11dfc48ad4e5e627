"""Text for people, in Indonesian and English. Indonesian is the default of every answer."""

import re
from typing import Literal, NamedTuple

Language = Literal["id", "en"]
_QUALITY = re.compile(r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


class Text(NamedTuple):
    """One message in both languages of the product."""

    id: str
    en: str

    def to(self, language: Language) -> str:
        """The message in the given language."""
        return self.en if language == "en" else self.id

    def format(self, **values: object) -> "Text":
        """The same text with its `{placeholders}` filled in both languages."""
        return Text(self.id.format(**values), self.en.format(**values))


def preferred(accept_language: str | None) -> Language:
    """`en` if the caller prefers English to Indonesian, else `id` (RFC 9110 §12.5.4); the first of equals wins."""
    best, chosen = 0.0, "id"
    for part in (accept_language or "").split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in ("id", "en") and (preference := _weight(weight)) > best:
            best, chosen = preference, language
    return "en" if chosen == "en" else "id"


def _weight(parameter: str) -> float:
    """The quality of one choice, 0 to 1; a malformed one counts as 0: not wanted."""
    if not parameter.strip():
        return 1.0
    found = _QUALITY.fullmatch(parameter.strip().lower())
    return float(found.group(1)) if found else 0.0
