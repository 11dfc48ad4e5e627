"""The table of settings: what a declaration lacks is told, and what is written down is what the classes say."""

from dataclasses import replace

from deploy.configuration import __main__ as configuration
from deploy.configuration import declared


def test_a_setting_without_meaning_bounds_or_example_is_refused() -> None:
    whole = next(setting for setting in declared.settings() if setting.name == "REGISTRY_DATABASE_URL")
    assert list(declared.faults([whole])) == []
    for lacking, told in (
        (replace(whole, meaning=""), "no description"),
        (replace(whole, form=""), "nothing bounds it"),
        (replace(whole, example=""), "has no example"),
        (replace(whole, example="postgresql://a:b3f9xQ@db/x"), "looks like one"),
    ):
        [fault] = declared.faults([lacking])
        assert fault.startswith("REGISTRY_DATABASE_URL: ")
        assert told in fault


def test_every_setting_of_every_process_is_in_the_guide_with_its_bounds_and_whether_it_is_secret() -> None:
    text = configuration.GUIDE.read_text()
    lines = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    assert "integer, 1 to 64 | `8`" in lines["DATABASE_POOL_SIZE"]
    assert "yes: `REGISTRY_PERSON_KEYS_FILE`" in lines["REGISTRY_PERSON_KEYS"]
    assert "registry: API, commands | " in lines["REGISTRY_PERSON_KEYS"]
    assert {setting.name for setting in declared.settings()} <= set(lines)
    assert configuration.differences({configuration.GUIDE: text.replace("integer, 1 to 64", "any")}) != []
