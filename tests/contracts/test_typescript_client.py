"""The TypeScript client that the documents give, used in Node against the running system."""

import asyncio
import json
from pathlib import Path

import pytest

from deploy.contracts import npm, readers
from tests.house import House


async def test_a_front_end_registers_records_reads_its_number_and_understands_what_went_wrong(
    house: House, address: str, tmp_path: Path
) -> None:
    try:
        assert await asyncio.to_thread(readers.generated, tmp_path, *readers.DOCUMENTS) == []
    except npm.Unavailable as error:
        pytest.skip(f"NOT TESTED, npm's registry cannot be reached: {error}")
    ran = await asyncio.to_thread(
        npm.run, tmp_path / "src" / "journey.ts", folder=tmp_path, WAHANA_ADDRESS=address, WAHANA_DAY="2026-03-10"
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {
        "institution": {"verification": "terverifikasi", "operation": "aktif"},
        "problem": {
            "type": "urn:wahana:problem:stale-etag", "status": 412, "title": "The record changed since you read it",
        },
        "faults": [{"pointer": "/plan/planned_until", "code": "end-before-start"}],
        "activity": "selesai",
        "value": {"numerator": 30, "denominator": 40, "status": "running"},
    }  # fmt: skip
