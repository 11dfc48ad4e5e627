"""The trial issuer: what it signs verifies against its JWKS, and nonsense is refused by name."""

import stat
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from deploy.local.issuer import LIFETIME, ROLES, Issuer, Refused, create_app
from shared.auth import RIGHTS

URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(URL)


@pytest.fixture
def client(issuer: Issuer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_app(issuer)), base_url=URL)


async def test_a_token_verifies_against_the_published_keys(client: httpx.AsyncClient) -> None:
    wish = {"role": "regency-officer", "area": "32.04 32.05", "sub": "budi"}
    answer = (await client.post("/token", data=wish)).json()
    discovered = (await client.get("/.well-known/openid-configuration")).json()
    keys = KeySet.import_key_set((await client.get(discovered["jwks_uri"])).json())
    token = jwt.decode(answer["access_token"], keys, algorithms=["RS256"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["iss"] == discovered["issuer"] == URL
    assert token.claims["aud"] == "wahana"
    assert token.claims["exp"] - token.claims["iat"] == LIFETIME == answer["expires_in"]
    assert token.claims["sub"] == "budi"
    assert token.claims["roles"] == ["regency-officer"]
    assert token.claims["areas"] == ["32.04", "32.05"]


async def test_the_published_key_is_public_only(client: httpx.AsyncClient) -> None:
    (key,) = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()


def test_a_token_of_another_issuer_does_not_verify(issuer: Issuer) -> None:
    keys = KeySet.import_key_set(issuer.jwks())
    with pytest.raises(JoseError):
        jwt.decode(Issuer(URL).mint("ministry", "ID"), keys, algorithms=["RS256"])


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"role": "king", "area": "32"}, "king"),
        ({"role": "ministry", "area": "Bandung"}, "Bandung"),
        ({"role": "ministry"}, "area"),
        ({"role": "institution-operator", "area": "32", "institution": "7"}, "institution"),
    ],
)
async def test_nonsense_is_refused_by_name(client: httpx.AsyncClient, fields: dict[str, str], named: str) -> None:
    answer = await client.post("/token", data=fields)
    assert answer.status_code == 400
    assert named in answer.json()["error_description"]


def test_an_institution_is_carried_as_its_id(issuer: Issuer) -> None:
    institution = uuid4()
    token = jwt.decode(issuer.mint("institution-operator", "32.04.01.2001", institution=institution), issuer.key)
    assert UUID(token.claims["institution_id"]) == institution
    with pytest.raises(Refused):
        issuer.mint("institution-operator", "32.04.01.2001", institution="not an id")


def test_the_key_is_kept_private_and_for_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    first, second = Issuer(URL, file), Issuer(URL, file)
    assert first.key.kid == second.key.kid
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_role_that_has_rights_can_be_tried() -> None:
    assert set(ROLES) == set(RIGHTS)
