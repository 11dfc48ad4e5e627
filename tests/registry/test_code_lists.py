"""Code lists: the codes of the wire and their lists agree, spellings and numbers resolve in their version only, and
what is read may be kept."""

from datetime import date
from enum import StrEnum

import pytest

from shared import codes
from shared.code_lists import lists
from shared.code_lists.enumerations import LISTS
from shared.code_lists.lists import UnknownList, edition, editions, resolve
from shared.fields import folded
from tests.house import House
from tests.registry.institutions import faults, problem, record

ADDRESS = "/v1/code-lists"


def _code(name: str, version: str | None, said: str | int) -> str | None:
    entry = resolve(name, version, said)
    return entry.code if entry else None


def test_every_enumeration_of_the_wire_has_one_list_with_the_same_codes_in_the_same_order() -> None:
    wire = {thing for thing in vars(codes).values() if isinstance(thing, type) and issubclass(thing, StrEnum)}
    assert wire - {StrEnum} == set(LISTS.values())
    assert len(LISTS) == len(set(LISTS.values()))
    for name, enumeration in LISTS.items():
        assert [entry.code for entry in edition(name).entries] == [member.value for member in enumeration], name


@pytest.mark.parametrize("several", editions().values(), ids=editions())
def test_a_list_names_each_thing_once(several: list[lists.CodeList]) -> None:
    assert len({found.version for found in several}) == len(several)
    for found in several:
        assert (lists.DATA / f"{found.name}@{found.version}.json").exists()
        spellings = [{folded(s) for s in (e.code, e.labels.id, *e.aliases)} for e in found.entries]
        assert sum(map(len, spellings)) == len(set().union(*spellings)), "one spelling means two entries"
        numbers = [entry.number for entry in found.entries if entry.number is not None]
        assert numbers == sorted(set(numbers))
        assert all(e.source.text and e.labels.id and e.labels.en for e in found.entries)
        for entry in found.entries:
            if entry.successor is not None:
                assert found.superseded_by
                assert _code(found.superseded_by.name, found.superseded_by.version, entry.successor) == entry.successor


def test_the_official_lists_are_whole() -> None:
    assert [entry.number for entry in edition("ppks", "2012").entries] == list(range(1, 27))
    assert [entry.number for entry in edition("pmks-2007", "2007").entries] == list(range(1, 23))
    assert [entry.number for entry in edition("psks", "2012").entries] == list(range(1, 13))
    assert [entry.number for entry in edition("psks", "2007").entries] == list(range(23, 29))
    assert edition("psks").version == "2012"
    orphans = [entry.number for entry in edition("pmks-2007").entries if entry.successor is None]
    assert orphans == [15, 22]


def test_the_same_number_means_another_kind_in_another_version_and_nothing_without_one() -> None:
    old, new = resolve("pmks-2007", "2007", 3), resolve("ppks", "2012", "3")
    assert old is not None
    assert new is not None
    assert (old.labels.id, old.code, old.successor) == ("Anak nakal", "PMKS07-AN", "ABH")
    assert (new.labels.id, new.code) == ("Anak yang berhadapan dengan hukum", "ABH")
    assert _code("ppks", None, "3") is None
    assert _code("ppks", None, 3) is None
    assert _code("ppks", None, "ABH") == "ABH"
    assert _code("ppks", "2012", 27) is None
    old_codes = {entry.code for entry in edition("pmks-2007").entries}
    assert not old_codes & {entry.code for entry in edition("ppks").entries}
    with pytest.raises(UnknownList):
        resolve("ppks", "2007", 3)


def test_spellings_of_the_field_mean_one_code() -> None:
    for said in ("wksb", "WKSMB", "wkskbm", "wksbm", "Wahana Kesejahteraan Sosial Berbasis Masyarakat"):
        assert _code("psks", "2012", said) == "WKSBM", said
    for said in ("lanjut usia terlantar", "LANJUT USIA TELANTAR", "Lanjut  Usia", "lut"):
        assert _code("ppks", "2012", said) == "LUT", said
    assert _code("ppks", "2012", "Keluarga bermasalah sosial psikologi") == "KBSP"
    assert _code("ppks", "2012", "anak terlantar") == _code("ppks", "2012", "anak telantar") == "AT"
    assert _code("ppks", "2012", "Anak nakal") is None
    assert _code("ppks", "2012", "") is None


def test_a_day_chooses_the_edition_that_was_in_force() -> None:
    assert edition("psks", day=date(2012, 6, 6)).version == "2007"
    assert edition("psks", day=date(2012, 6, 7)).version == "2012"
    with pytest.raises(UnknownList):
        edition("ppks", day=date(2012, 6, 6))


async def test_lists_are_read_by_everybody_and_kept_until_they_change(registry_api: House) -> None:
    public = registry_api.client("registry", "public")
    index = {item["name"]: item for item in record(await public.get(ADDRESS))["items"]}
    assert (index["psks"]["version"], index["psks"]["versions"], index["ppks"]["size"]) == (
        "2012",
        ["2007", "2012"],
        26,
    )
    assert set(LISTS) <= set(index)
    answer = await public.get(f"{ADDRESS}/ppks")
    body = record(answer)
    assert body["supersedes"] == {"name": "pmks-2007", "version": "2007"}
    third = body["entries"][2]
    assert (third["code"], third["number"], third["sensitivity"]) == ("ABH", 3, ["child", "criminal"])
    assert "max-age" in answer.headers["Cache-Control"]
    for known in (answer.headers["ETag"], f'"other", W/{answer.headers["ETag"]}', "*"):
        again = await public.get(f"{ADDRESS}/ppks", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", answer.headers["ETag"])
    assert record(await public.get(f"{ADDRESS}/psks", headers={"If-None-Match": answer.headers["ETag"]}))["entries"]
    assert len(record(await public.get(f"{ADDRESS}/psks?version=2007"))["entries"]) == 6
    assert record(await public.get(f"{ADDRESS}/psks?valid_on=2010-01-01"))["version"] == "2007"
    old = record(await public.get(f"{ADDRESS}/pmks-2007"))
    assert (old["entries"][2]["labels"]["id"], old["superseded_by"]["name"]) == ("Anak nakal", "ppks")


async def test_a_list_that_is_not_there_is_told_with_those_that_are(registry_api: House) -> None:
    public = registry_api.client("registry", "public")
    assert "psks" in problem(await public.get(f"{ADDRESS}/pmks"), 404, "code-list-unknown")["detail"]
    for query in ("version=2007", "valid_on=2012-06-06"):
        refused = problem(await public.get(f"{ADDRESS}/ppks?{query}"), 404, "code-list-unknown")
        assert "2012 (2012-06-07" in refused["detail"]
    assert faults(await public.get(f"{ADDRESS}/ppks?valid_on=86400"), 400, "bad-request") == {
        ("valid_on", "date-malformed")
    }
