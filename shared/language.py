"""Text for people, in Indonesian and English. Indonesian is the default of every answer."""

from typing import Literal, NamedTuple

Language = Literal["id", "en"]


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
    """`en` if the first language the caller accepts that we speak is English, else `id` (RFC 9110 §12.5.4)."""
    wanted: list[tuple[float, Language]] = []
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower()[:2]
        if language in ("id", "en"):
            wanted.append((_weight(weight), "en" if language == "en" else "id"))
    best = max(wanted, key=lambda item: item[0], default=(0.0, "id"))
    return "en" if best[0] > 0 and best[1] == "en" else "id"


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
