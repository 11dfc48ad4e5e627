"""How deep and how wide a JSON body is, told from its bytes before anything is built of it."""

import re

from shared.language import Text
from shared.problems import Fault, InvalidPayload, TooLarge

DEEPEST = 32
"""Lists and objects within one another. No schema of ours has half of it, and JSON writers end between 250 and 1000."""
WIDEST = 50_000
"""Values in a body. The largest batch has a third of it; each value costs a hundred times its byte to read."""
# Possessive: text that never ends is passed over once, not tried again from each of its quotation marks.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_AS_LISTS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")


_TOO_MANY_OPEN = b"[" * (DEEPEST + 1)


def check(body: bytes) -> None:
    """Lets pass what may be read as JSON; whether it is JSON is the reader's to say. Raises InvalidPayload, TooLarge.

    Costs two counts of bytes for a body with few brackets, which most have.
    """
    if body.count(b",") > WIDEST:
        raise TooLarge(
            Text(
                f"Isi permintaan paling banyak {WIDEST} nilai. Bagi menjadi beberapa permintaan.",
                f"A request body has at most {WIDEST} values. Split it into several requests.",
            )
        )
    if body.count(b"[") + body.count(b"{") > DEEPEST and _deeper(body):
        raise InvalidPayload(
            errors=[
                Fault(
                    "nested-too-deeply",
                    Text(f"Lebih dari {DEEPEST} tingkat.", f"More than {DEEPEST} levels."),
                    Text("Kirim isi menurut skema.", "Send a body as its schema says."),
                    pointer="",
                )
            ]
        )


def _deeper(body: bytes) -> bool:
    """Whether brackets are within one another more than DEEPEST times: each round takes the innermost away."""
    brackets = _STRINGS.sub(b"", body).translate(_AS_LISTS, _NO_BRACKETS)
    for _ in range(DEEPEST):
        if _TOO_MANY_OPEN in brackets:
            return True
        fewer = brackets.replace(b"[]", b"")
        if not fewer or len(fewer) == len(brackets):  # all closed; or no JSON, which its reader tells better
            return False
        brackets = fewer
    return True
