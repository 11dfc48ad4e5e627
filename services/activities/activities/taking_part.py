"""Networks, registered partners and the exact place of an activity, as they are written."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from services.activities.activities.fields import Closed, Prose
from shared.codes import OrganisationKind, PartyRole
from shared.language import Text
from shared.validation import Invalid


class PartyIn(Closed):
    """A network or a registered partner that takes part, and as what. Institutions are co-organisers instead."""

    organisation: Annotated[
        Literal[OrganisationKind.NETWORK, OrganisationKind.PARTNER],
        Field(description="`network` or `partner`.", examples=["network"]),
    ]
    id: Annotated[UUID, Field(description="Its id in registry; of another area too, if you know it.")]
    role: Annotated[PartyRole, Field(examples=["pendana"])]


def _each_once(parties: list[PartyIn]) -> list[PartyIn]:
    ids = [party.id for party in parties]
    for place, one in enumerate(ids):
        if one in ids[:place]:
            raise Invalid(
                "listed-twice",
                Text("Organisasi ini sudah disebut di daftar yang sama.", "This organisation is in the list already."),
                Text(
                    "Sebut setiap organisasi satu kali, dengan peran utamanya.",
                    "Name each organisation once, in its main role.",
                ),
                at=f"{place}/id",
            )
    return parties


Parties = Annotated[list[PartyIn], Field(max_length=50), AfterValidator(_each_once)]
Latitude = Annotated[float, Field(ge=-90, le=90, description="Degrees north, WGS 84.", examples=[-7.0312])]
Longitude = Annotated[float, Field(ge=-180, le=180, description="Degrees east, WGS 84.", examples=[107.5561])]


class ExactPlace(Closed):
    """Where in the village: coordinates, words, or both. Kept here and never published: it may be somebody's home."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    text: Annotated[Prose | None, Field(max_length=500, examples=["Balai RW 05, dekat saluran induk"])] = None


def _whole(place: ExactPlace | None) -> ExactPlace | None:
    if place is None:
        return None
    if (place.latitude is None) != (place.longitude is None):
        raise Invalid(
            "coordinates-incomplete",
            Text("Hanya satu dari dua koordinat diisi.", "Only one of the two coordinates is given."),
            Text("Isi keduanya, atau kosongkan keduanya.", "Give both, or leave both out."),
            at="longitude" if place.longitude is None else "latitude",
        )
    if place.latitude is None and place.text is None:
        raise Invalid(
            "place-empty",
            Text("Tempatnya tidak berisi apa pun.", "The place holds nothing."),
            Text("Isi koordinat atau teks, atau hapus `place`.", "Give coordinates or a text, or leave `place` out."),
        )
    return place


WholePlace = Annotated[ExactPlace | None, AfterValidator(_whole)]


class PlaceChange(Closed):
    """Merge patch of the exact place."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    text: Annotated[Prose | None, Field(max_length=500)] = None
