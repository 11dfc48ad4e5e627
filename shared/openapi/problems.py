"""Every `type` of problem that a service can answer, as one list in its OpenAPI document: what a program decides by."""

from collections.abc import Iterator
from typing import Any

from shared.problems import Problem


def problem_types(service: str) -> dict[str, Any]:
    """The closed list of this version of the service, by the problems its code and the shared code define.

    In answers a `type` is any string: a newer version may add one. Two problems of one name must mean the same.
    """
    titles: dict[str, str] = {}
    for problem in _family(Problem):
        if problem.__module__.startswith((f"services.{service}.", "shared.")):
            titles.setdefault(f"urn:wahana:problem:{problem.slug}", problem.title.en)
    listed = dict(sorted(titles.items()))
    return {
        "title": "ProblemType",
        "type": "string",
        "description": "Types of problems that this version answers.\n\n"
        + "\n".join(f"- `{name}`: {title}" for name, title in listed.items()),
        "enum": list(listed),
    }


def _family(problem: type[Problem]) -> Iterator[type[Problem]]:
    yield problem
    for special in problem.__subclasses__():
        yield from _family(special)
