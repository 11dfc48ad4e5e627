"""Every command of `docs/integrate.md`, run by a shell against a running system; the answers shown are those that come."""

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.house import House

GUIDE = Path(__file__).parents[2] / "docs" / "integrate.md"
ADDRESS = "WAHANA=http://127.0.0.1:8000"
MARK = "=====end of a block====="
SAME = frozenset({"type", "title", "status", "code", "verification", "operation", "done", "refused", "already", "level", "kind", "name"})  # fmt: skip
"""Fields whose value in the guide is the value that comes; of others the kind of value. `…` stands for any text."""


def _blocks() -> list[tuple[str, str]]:
    """Language and content of each fenced block, in order."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def _differences(shown: Any, came: Any, place: str) -> list[str]:
    """Where what is shown is not what came. More may come than is shown."""
    if isinstance(shown, dict) and isinstance(came, dict):
        lacking = [f"{place}/{name} did not come" for name in shown.keys() - came.keys()]
        both = [_differences(shown[name], came[name], f"{place}/{name}") for name in shown.keys() & came.keys()]
        return lacking + [each for found in both for each in found]
    if isinstance(shown, list) and isinstance(came, list):
        if len(came) < len(shown):
            return [f"{place}: {len(came)} came, {len(shown)} are shown"]
        pairs = enumerate(zip(shown, came, strict=False))
        return [each for number, pair in pairs for each in _differences(*pair, f"{place}/{number}")]
    if place.rpartition("/")[2] in SAME and shown != "…":
        return [] if shown == came else [f"{place}: {came!r} came, {shown!r} is shown"]
    return [] if None in (shown, came) or type(shown) is type(came) else [f"{place}: {came!r} came for {shown!r}"]


async def test_every_command_of_the_guide_answers_as_it_is_shown(house: House, address: str, tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("NOT TESTED: the guide's commands need curl, which this machine does not have")
    commands = [content for language, content in _blocks() if language == "sh"]
    assert ADDRESS in commands[0]
    script = "\n".join(f"{command}\necho; echo '{MARK}'" for command in commands).replace(ADDRESS, f"WAHANA={address}")
    ran = await asyncio.to_thread(
        subprocess.run, ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )  # fmt: skip
    printed = [part.strip() for part in ran.stdout.split(MARK)]
    assert ran.returncode == 0, f"after {printed[-2:]}: {ran.stderr[-3000:]}"
    wrong, last = [], ""
    answers = iter(printed)
    for language, content in _blocks():
        if language == "sh":
            last = next(answers)
        elif language == "json":
            wrong += _differences(json.loads(content), json.loads(last), "")
        elif "npm" not in content:
            assert last == content.strip()
    assert "\n".join(wrong) == ""
    (value,) = json.loads((tmp_path / "value.json").read_text())["items"]
    assert (value["numerator"], value["denominator"]) == (30, 40)


@pytest.mark.parametrize(
    ("shown", "came"),
    [({"id": "a"}, {}), ({"status": 412}, {"status": 409}), ([1, 2], [1]), ({"n": 1}, {"n": "1"})],
)
def test_an_answer_that_is_not_the_one_shown_is_found(shown: Any, came: Any) -> None:
    assert _differences(shown, came, "")
