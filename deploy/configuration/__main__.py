"""Writes the table of settings, or with `--check` says where it is not what the code says and ends with 1.

    python -m deploy.configuration --write    # after a change of a setting
    python -m deploy.configuration --check    # `make check`

Either refuses a setting without a meaning or without bounds.
"""

import argparse
import difflib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from deploy.configuration import declared, others
from deploy.configuration.declared import Setting

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "configuration.md"
EXAMPLE = ROOT / ".env.example"
BEGIN, END = "<!-- begin: made by `python -m deploy.configuration --write` -->", "<!-- end -->"
HEAD = """\
# Made by `python -m deploy.configuration --write`; docs/configuration.md tells more about each.
# Copy to `.env` what you want to change. `make run` reads it; the services read the same names from their environment.
# An empty value means the default. Each NAME may be given as NAME_FILE instead: the path of a file with the value.
"""


def guide(text: str, found: Sequence[Setting]) -> str:
    """The guide with its tables made anew; its words around them stay. Raises ValueError where the marks are missing."""
    before, begun, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not begun or not ended:
        raise ValueError(f"{GUIDE} has no place for the tables: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{_tables(found)}\n{END}{after}"


def _tables(found: Sequence[Setting]) -> str:
    settings = _table(
        ("Setting", "Read by", "Type and allowed values", "Default", "Meaning", "Secret", "Example"),
        (
            (
                f"`{each.name}`", each.readers, each.form, _default(each), each.meaning,
                f"yes: `{each.name}_FILE`" if each.secret else "no", f"`{each.example}`" if each.example else "",
            )
            for each in found
        ),
    )  # fmt: skip
    libraries, local = (
        _table(
            ("Variable", "Read by", "Meaning"),
            ((f"`{v.name}`".replace(", ", "`, `").replace("`…`", "…"), v.read_by, v.meaning) for v in group),
        )
        for group in (others.OF_LIBRARIES, others.OF_MAKE_RUN)
    )
    return "\n".join((
        "### Settings\n", settings, "### Variables of the libraries\n", libraries,
        "### Only for `make run` and `make test`\n", local,
    ))  # fmt: skip


def _default(setting: Setting) -> str:
    return "must be set" if setting.required else f"`{setting.default}`" if setting.default else "unset"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def example(found: Sequence[Setting]) -> str:
    """The file that people copy: each variable commented out, with what it means and an example."""
    parts = [HEAD]
    for setting in found:
        needed = "Must be set where it is read." if setting.required else f"Default: {setting.default or 'unset'}."
        told = [setting.meaning, f"{setting.form}. {needed} Read by {setting.readers}."]
        parts.append(_commented(setting.name, told, setting.example))
    parts.append("# --- Only for `make run` and `make test` ---\n")
    for variable in others.OF_MAKE_RUN:
        parts.append(_commented(variable.name, [variable.meaning], ""))
    return "\n".join(parts)


def _commented(name: str, told: Iterable[str], value: str) -> str:
    return "".join(f"# {line}\n" for line in told if line) + f"#{name}={value}\n"


def differences(wanted: dict[Path, str]) -> list[str]:
    """A unified diff for each file that is not as it should be."""
    found = []
    for path, text in wanted.items():
        there = path.read_text() if path.exists() else ""
        if there != text:
            name = path.relative_to(ROOT).as_posix()
            lines = difflib.unified_diff(there.splitlines(), text.splitlines(), name, "the code", lineterm="", n=0)
            found.append("\n".join(list(lines)[:40]))
    return found


def main(arguments: list[str]) -> int:
    """Runs the program; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.configuration", description=__doc__.partition("\n")[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--check", action="store_true", help="compare only; exit code 1 if anything differs")
    how.add_argument("--write", action="store_true", help="write the files (what happens without a flag)")
    check = parser.parse_args(arguments).check
    found = declared.settings()
    if lacking := list(declared.faults(found)):
        print("Settings are declared without what people need to know:", *lacking, sep="\n  ", file=sys.stderr)
        return 1
    wanted = {GUIDE: guide(GUIDE.read_text(), found), EXAMPLE: example(found)}
    differing = differences(wanted)
    if check and differing:
        print(
            *differing,
            "The table of settings is not what the code says; `python -m deploy.configuration --write` writes it.",
            sep="\n",
            file=sys.stderr,
        )
        return 1
    if not check:
        for path, text in wanted.items():
            path.write_text(text)
    print(f"{len(found)} settings {'are documented as the code says them' if check else 'written down'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
