"""The answer to a change of a verified record that waits for its verification: 202, with the change request."""

from typing import Any

from fastapi.responses import JSONResponse

from services.registry.change_requests.models import ChangeRequest
from services.registry.change_requests.schemas import ChangeRequestOut
from services.registry.change_requests.states import answer
from services.registry.models import Institution
from shared.preconditions import etag

WAITS: dict[int | str, dict[str, Any]] = {
    202: {"model": ChangeRequestOut, "description": "The record is verified: the change waits for its verification."}
}
"""What a route declares that may answer so."""


def accepted(request: ChangeRequest, institution: Institution) -> JSONResponse:
    """The change request. `ETag` is its own: `Content-Location` says that this is what the answer holds."""
    address = f"/v1/change-requests/{request.id}"
    headers = {"Location": address, "Content-Location": address, "ETag": etag(request.sequence)}
    return JSONResponse(answer(request, institution).model_dump(mode="json"), 202, headers)
