"""Which methods an address takes, whichever of its routes take them: the `Allow` header of an answer of 405."""

import re
from functools import cache

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import compile_path


def allowed(request: Request) -> str:
    """The methods, sorted and comma separated. The framework names those of the first route only."""
    path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
    methods: set[str] = set()
    for found in iter_route_contexts(request.app.routes):
        if found.methods and found.path_format and _pattern(found.path_format).match(path):
            methods |= set(found.methods)
    return ", ".join(sorted(methods))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return compile_path(path)[0]
