"""Folders the embedded servers can live in: below `.wahana/`, since pytest's own are closed to PostgreSQL's user."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.servers import TEST_FOLDER


@pytest.fixture
def folder() -> Iterator[Path]:
    place = TEST_FOLDER / f"case-{uuid4().hex[:8]}"
    place.mkdir(parents=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)
