"""Fields of an institution alone; what other records have too is in `shared.fields`."""

from typing import Annotated

from pydantic import Field

MOST_MEMBERS = 1_000_000
MemberCount = Annotated[int, Field(strict=True, ge=0, le=MOST_MEMBERS)]
