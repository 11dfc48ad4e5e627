"""Keys: what they open and find, what is wrong with a setting, and changing them while people work."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from functools import partial
from uuid import uuid4

import httpx
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

import shared.app
from deploy.local import children, ports
from services.registry import app as registry_app
from services.registry.people import keys, rotation
from services.registry.people.keys import Keyring, Unopened
from services.registry.settings import KeyedSettings, Settings
from shared import database
from shared.settings import WrongSettings
from tests import house as houses
from tests import personal
from tests.house import House, until
from tests.registry.institutions import VILLAGE, patched, problem, record
from tests.registry.people import ADDRESS, WHY, Keepers, looked_up, registration

OLD = keys.parsed(houses.KEYS["REGISTRY_PERSON_KEYS"])
NEW = keys.parsed(keys.made("baru"))
OLD_LOOKUP = keys.parsed(houses.KEYS["REGISTRY_LOOKUP_KEYS"])
NEW_LOOKUP = keys.parsed(keys.made("baru"))
BEFORE, DURING, AFTER = (
    Keyring(OLD, OLD_LOOKUP), Keyring(NEW | OLD, NEW_LOOKUP | OLD_LOOKUP), Keyring(NEW, NEW_LOOKUP),
)  # fmt: skip
SITI = personal.PEOPLE[0]


def test_a_seal_opens_for_its_own_record_and_field_only() -> None:
    id = uuid4()
    sealed = BEFORE.seal(id, "nik", SITI.nik)
    assert sealed != BEFORE.seal(id, "nik", SITI.nik)  # equal numbers do not look alike
    assert BEFORE.open(id, "nik", sealed) == DURING.open(id, "nik", sealed) == SITI.nik
    for owner, field, text in (
        (uuid4(), "nik", sealed),
        (id, "phone", sealed),
        (id, "nik", sealed[:-8] + "AAAAAAA="),
        (id, "nik", "uji:%"),
        (id, "nik", "uji:AAA"),
        (id, "nik", "tanpa-kunci"),
    ):
        with pytest.raises(Unopened) as refused:
            BEFORE.open(owner, field, text)
        assert not personal.found_in(str(refused.value))
    with pytest.raises(Unopened, match="the key uji, which is not set"):
        AFTER.open(id, "nik", sealed)
    assert "uji untuk" not in repr(BEFORE)


def test_an_index_is_equal_for_equal_numbers_of_one_field_under_one_key() -> None:
    assert BEFORE.index("nik", SITI.nik) == BEFORE.index("nik", SITI.nik) == DURING.indexes("nik", SITI.nik)[1]
    assert len({BEFORE.index("nik", SITI.nik), BEFORE.index("card", SITI.nik), AFTER.index("nik", SITI.nik)}) == 3


def _settings(**changed: str | None) -> KeyedSettings:
    values: dict[str, str | None] = {
        "kafka_bootstrap_servers": "x:1", "auth_issuer": "http://x", "auth_jwks_url": "http://x",
        "REGISTRY_DATABASE_URL": "postgresql://x/x", **houses.KEYS, **changed,
    }  # fmt: skip
    return KeyedSettings.model_validate({name: value for name, value in values.items() if value is not None})


def test_without_its_keys_the_api_does_not_start_and_says_which_setting_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = houses.KEYS["REGISTRY_PERSON_KEYS"].split(":")[1]
    for changed, told in (
        ({"REGISTRY_PERSON_KEYS": None}, "REGISTRY_PERSON_KEYS: is not set"),
        ({"REGISTRY_LOOKUP_KEYS": None}, "REGISTRY_LOOKUP_KEYS: is not set"),
        ({"REGISTRY_PERSON_KEYS": secret}, "write id:base64"),
        ({"REGISTRY_PERSON_KEYS": f"uji:{secret[:20]}"}, "32 are needed"),
        ({"REGISTRY_PERSON_KEYS": f"uji:{secret}!"}, "key uji is not base64"),
        ({"REGISTRY_PERSON_KEYS": f"uji:{secret},uji:{secret}"}, "two keys are called uji"),
        ({"REGISTRY_LOOKUP_KEYS": f"lain:{secret}"}, "share a key"),
    ):
        with pytest.raises(WrongSettings) as refused:
            _settings(**changed)
        assert told in str(refused.value)
        assert secret not in str(refused.value)
    for name, value in {"KAFKA_BOOTSTRAP_SERVERS": "x:1", "AUTH_ISSUER": "http://x", "AUTH_JWKS_URL": "http://x",
                        "REGISTRY_DATABASE_URL": "postgresql://x/x"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name in houses.KEYS:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit):
        registry_app.create_app()
    assert "REGISTRY_PERSON_KEYS: is not set" in capsys.readouterr().err
    assert Settings().person_keys is None  # the worker publishes without them


async def test_a_seal_that_another_row_s_was_copied_over_is_a_problem_that_names_the_record_and_no_number(
    registry_api: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A logger keeps what it was first used with: one that an earlier test has used cannot be listened to.
    monkeypatch.setattr(shared.app, "log", structlog.get_logger("shared.app"))
    keepers = Keepers(registry_api)
    one, two = await keepers.registered(), await keepers.registered(1)
    await registry_api.execute(
        "registry", f"UPDATE person SET nik = other.nik FROM person other WHERE person.id = '{one['id']}'"
        f" AND other.id = '{two['id']}'"
    )  # fmt: skip
    with structlog.testing.capture_logs() as logged:
        answers = [
            await keepers.operator.get(f"{ADDRESS}/{one['id']}"),
            await keepers.operator.post(f"{ADDRESS}/{one['id']}/disclosure", json=WHY),
            await keepers.operator.post("/v1/person-lookups", json={"nik": SITI.nik}),
            await keepers.operator.get(ADDRESS),
        ]
    for answer in answers:
        told = problem(answer, 500, "sealed-value-unreadable")
        assert f"nik dari {one['id']}" in told["detail"]
        assert not personal.found_in(answer.text)
    failed = [event for event in logged if event["event"] == "request.failed"]
    assert len(failed) == len(answers)
    assert all(str(event["exc_info"]).endswith("the key uji is another one.") for event in failed)
    assert (await keepers.operator.get(f"{ADDRESS}/{two['id']}")).status_code == 200
    seen = await registry_api.fetch("registry", "SELECT FROM audit_entry WHERE action = 'seen'")
    assert seen == []  # nobody was shown anything


@pytest.fixture
async def sessions(registry_api: House) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    engine = database.open_engine(registry_api.settings("registry"), pool_size=1)
    yield database.sessions(engine)
    await engine.dispose()


async def _key_ids(house: House) -> set[str]:
    rows = await house.fetch("registry", "SELECT nik, nik_index, phone FROM person")
    return {value.partition(":")[0] for row in rows for value in row if value}


async def test_keys_change_in_batches_and_go_on_after_being_cut_off(
    registry_api: House, sessions: async_sessionmaker[AsyncSession]
) -> None:
    keepers = Keepers(registry_api)
    people = [
        await keepers.registered(place, phone=... if place % 3 else personal.PEOPLE[place].phone) for place in range(7)
    ]
    without = await keepers.registered(8, nik=..., nik_absence="belum_punya", phone=...)
    events = await registry_api.fetch("registry", "SELECT count(*) FROM outbox")

    class Killed(Exception):
        pass

    def cut_off(done: int, of: int) -> None:
        assert of == 7
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        await rotation.rotate(sessions, DURING, cut_off, batch=2)
    assert await _key_ids(registry_api) == {"uji", "baru"}
    assert await rotation.left(sessions, DURING) == 3
    assert await rotation.rotate(sessions, DURING, batch=2) == 3
    assert await _key_ids(registry_api) == {"baru"}
    assert await rotation.rotate(sessions, DURING) == 0
    assert await registry_api.fetch("registry", "SELECT count(*) FROM outbox") == events
    rows = await registry_api.fetch("registry", "SELECT * FROM person ORDER BY registered_at, id")
    by_id = {str(row["id"]): row for row in rows}
    for place, person in enumerate(people):
        row = by_id[person["id"]]
        who = personal.PEOPLE[place]
        assert AFTER.open(row["id"], "nik", row["nik"]) == who.nik  # with the old key away
        assert row["nik_index"] == AFTER.index("nik", who.nik)
        assert row["sequence"] == 1
    assert by_id[without["id"]]["nik"] is None


async def test_two_changes_of_keys_at_once_one_of_them_killed_lose_nothing(
    registry_api: House, sessions: async_sessionmaker[AsyncSession]
) -> None:
    keepers = Keepers(registry_api)
    people = [await keepers.registered(place) for place in range(30)]
    engine = database.open_engine(registry_api.settings("registry"), pool_size=1)
    killed = await registry_api.start_process("registry", "services.command people rotate-keys", **_set(DURING))
    await asyncio.gather(
        rotation.rotate(sessions, DURING, batch=3), rotation.rotate(database.sessions(engine), DURING, batch=2),
        asyncio.to_thread(killed.kill),
    )  # fmt: skip
    await engine.dispose()
    assert await rotation.left(sessions, DURING) == 0
    rows = await registry_api.fetch("registry", "SELECT id, nik, phone, nik_index FROM person")
    by_id = {str(row["id"]): row for row in rows}
    for place, person in enumerate(people):
        row, who = by_id[person["id"]], personal.PEOPLE[place]
        assert AFTER.open(row["id"], "nik", row["nik"]) == who.nik
        assert AFTER.open(row["id"], "phone", row["phone"]) == who.phone
        assert row["nik_index"] == AFTER.index("nik", who.nik)


def _set(keyring: Keyring) -> dict[str, str]:
    """A keyring as settings hold it."""

    def listed(those: Mapping[str, bytes]) -> str:
        return ",".join(f"{id}:{base64.b64encode(key).decode()}" for id, key in those.items())

    return {"REGISTRY_PERSON_KEYS": listed(keyring.sealing), "REGISTRY_LOOKUP_KEYS": listed(keyring.lookup)}


async def _api(house: House, keyring: Keyring) -> tuple[children.Child, httpx.AsyncClient]:
    """One more API, as a process of its own, with other keys; its client is a village's operator."""
    port = ports.free()
    program = f"uvicorn services.registry.app:create_app --factory --port {port} --log-level warning"
    process = await house.start_process("registry", program, **_set(keyring))
    client = house.client("registry", "village-operator", VILLAGE)
    client.base_url = httpx.URL(f"http://127.0.0.1:{port}")

    async def ready() -> bool:
        assert process.is_alive, process.last_lines()
        try:
            return (await client.get("/readyz")).status_code == 200
        except httpx.ConnectError:
            return False

    await until(ready, "the API answers")
    return process, client


async def test_keys_change_while_people_work_and_the_old_one_can_go(
    registry_api: House, sessions: async_sessionmaker[AsyncSession]
) -> None:
    await Keepers(registry_api).registered()
    knowing = Keyring(OLD | NEW, OLD_LOOKUP | NEW_LOOKUP)
    (old, knows), (_, uses) = await asyncio.gather(_api(registry_api, knowing), _api(registry_api, DURING))
    over = asyncio.Event()

    async def work(client: httpx.AsyncClient, first: int) -> int:
        """Registers, changes and finds people until the keys were changed; returns how many."""
        for place in range(first, len(personal.PEOPLE), 2):
            who = personal.PEOPLE[place]
            body = record(await client.post(ADDRESS, json=registration(place)), 201)
            assert (await client.post(ADDRESS, json=registration(place))).status_code == 409
            body = record(await patched(client, body, {"phone": "0812-9900-7999"}, "people"))
            assert await looked_up(client, nik=who.nik) == [body["id"]]
            assert record(await client.post(f"{ADDRESS}/{body['id']}/disclosure", json=WHY))["nik"] == who.nik
            if over.is_set():
                break
        return place

    async def change() -> None:
        for _ in range(10):
            await rotation.rotate(sessions, DURING, batch=3)
        over.set()

    await asyncio.gather(work(knows, 1), work(uses, 2), change())
    assert await looked_up(uses, nik=SITI.nik) == await looked_up(knows, nik=SITI.nik)
    await asyncio.to_thread(old.kill)
    # As it is run beside the API, where the keys are: as the role that walls hide people from.
    beside = registry_api.environment("registry", "api")["REGISTRY_DATABASE_URL"]
    command = await registry_api.start_process(
        "registry", "services.command people rotate-keys", REGISTRY_DATABASE_URL=beside, **_set(DURING)
    )
    await until(partial(_ended, command), "the command ends")
    assert "Nothing needs an older key any more." in command.log.read_text()

    _, after = await _api(registry_api, AFTER)
    stored = await registry_api.fetch("registry", "SELECT id FROM person")
    for row in stored:
        assert record(await after.post(f"{ADDRESS}/{row['id']}/disclosure", json=WHY))["nik"]
    assert len(await looked_up(after, nik=SITI.nik)) == 1


async def _ended(process: children.Child) -> bool:
    return not process.is_alive
