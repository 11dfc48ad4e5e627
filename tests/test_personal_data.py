"""That what identifies people stays in registry is searched for after every test; here, that the search finds it."""

import contextlib
from pathlib import Path

import httpx
import pytest

from deploy.local import ports
from tests import personal
from tests.house import House, until
from tests.registry.institutions import VILLAGE, patched, record
from tests.registry.people import Keepers, registration

SITI = personal.PEOPLE[0]


async def test_a_name_or_number_in_a_topic_another_database_or_a_log_is_found(house: House, tmp_path: Path) -> None:
    keepers = Keepers(house)
    body = await keepers.registered()
    named = await keepers.registered(1, name="Ni Luh Putu Rahayu")
    await house.caught_up()
    assert await personal.leaks(house) == []

    await house.execute(
        "registry",
        "INSERT INTO outbox (event_id, topic, subject_id, sequence, type, time, data, dataschema, actor)"
        " SELECT gen_random_uuid(), topic, subject_id, 2, type, time,"
        f' \'{{"sex": "P", "name": "{SITI.name}"}}\', dataschema, actor FROM outbox WHERE subject_id = \'{body["id"]}\'',
    )
    await house.caught_up()
    await house.execute("activities", f"CREATE TABLE kept AS SELECT 'dari ni luh putu rahayu {named['id']}' AS note")
    await house.execute("reporting", f"CREATE TABLE live.kept AS SELECT convert_to('{SITI.nik}', 'UTF8') AS body")
    process = await house.start_process("registry", "timeit", WORDS="1")
    process.log.write_text(f"GET /v1/people?nik={SITI.nik}")
    house.planted = await personal.leaks(house)
    assert house.planted == [
        "activities.public.kept: ni luh putu rahayu",
        f"log {process.log.name}: {SITI.nik}",
        f"reporting.live.kept: {SITI.nik}",
        "topic registry.person.v1: Siti Xqzwarga00",
    ]


async def test_an_error_about_a_person_is_logged_without_them(registry_api: House) -> None:
    port = ports.free()
    program = f"uvicorn services.registry.app:create_app --factory --port {port} --log-level info"
    process = await registry_api.start_process("registry", program)
    operator = registry_api.client("registry", "village-operator", VILLAGE)
    operator.base_url = httpx.URL(f"http://127.0.0.1:{port}")

    async def answered() -> httpx.Response | None:
        with contextlib.suppress(httpx.ConnectError):
            return await operator.get("/readyz")
        return None

    await until(answered, "the API answers")
    stored = record(await operator.post("/v1/people", json=registration(1)), 201)
    # What a later version's rules would refuse: the whole record is what that error is about.
    await registry_api.execute("registry", "UPDATE person SET birth_date = '1849-12-31'")
    answers = [await patched(operator, stored, {"sex": "L"}, "people")]
    await registry_api.execute("registry", "ALTER TABLE person ADD CONSTRAINT never CHECK (id IS NULL) NOT VALID")
    answers.append(await operator.post("/v1/people", json=registration()))
    for answer in answers:
        assert answer.status_code == 500
        assert personal.found_in(answer.text) == []
    assert (await operator.get(f"/v1/people?nik={SITI.nik}&name={SITI.name}")).status_code == 400
    log = process.log.read_text()
    assert "violates check constraint" in log
    assert "ValidationError" in log
    assert '"route":"/v1/people","status":400' in log
    assert personal.found_in(log) == []
    servers = registry_api.servers
    assert "violates check constraint" in servers.postgres.log.read_text()
    assert personal.in_files(personal.logs(servers)) == []


def test_what_a_test_writes_to_its_output_fails_it() -> None:
    report = pytest.TestReport("tests/x.py::test", ("x.py", 1, "test"), {}, "passed", None, "call")
    personal.judge(report)
    assert report.passed
    report.sections.append(("Captured stdout call", f"registered SITI XQZWARGA00 {SITI.nik}"))
    personal.judge(report)
    assert report.failed
    assert SITI.nik[:12] in str(report.longrepr)


def test_the_servers_logs_are_searched(tmp_path: Path) -> None:
    file = tmp_path / "postgres.log"
    file.write_text("ERROR:  duplicate key\nDETAIL:  Failing row contains (1, Dewi Xqzwarga02).")
    assert personal.in_files([file, tmp_path / "missing.log"]) == ["postgres.log: Xqzwarga"]
