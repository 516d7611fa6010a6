"""What the documents say is true today: commands, settings, files and names exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from services.bootstrap import settings_table
from services.cli.docs import write_docs
from services.cli.main import main
from tests.support.repository import GENERATED, PACKAGES, ROOT, pages, texts

PAGES = dict(pages())
TOUR = "docs/tour.md"
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
OURS = re.compile(rf"(?:{'|'.join(PACKAGES)}|tests|docs|\.ci)/[\w./-]*")
ROW = re.compile(r"^\| [^|]+ \| `([^`|]+)` \| ((?:`\w+`(?:, )?)+) \|$", re.MULTILINE)


def commands(group: click.Group, words: tuple[str, ...] = ("peerhour",)) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield " ".join((*words, name))


def links() -> Iterator[tuple[str, str]]:
    for name, text in PAGES.items():
        for target in LINK.findall(text):
            yield name, unquote(target)


def named_paths() -> Iterator[tuple[str, str]]:
    for name, text in PAGES.items():
        if name.startswith("docs/decisions/"):
            continue  # never changed, so they keep the names of their day
        for code in CODE.findall(text):
            if OURS.fullmatch(code):
                yield name, code


def tour() -> list[tuple[str, str]]:
    rows = ROW.findall(PAGES[TOUR])
    return [(path, name) for path, names in rows for name in re.findall(r"\w+", names)]


def test_the_generated_pages_are_up_to_date() -> None:
    assert write_docs(ROOT / "docs", check=True) == [], "run make docs"


def test_an_outdated_page_is_noticed(tmp_path: Path) -> None:
    assert set(write_docs(tmp_path, check=True)) == set(GENERATED)
    assert list(tmp_path.iterdir()) == []
    write_docs(tmp_path, check=False)
    assert write_docs(tmp_path, check=True) == []


@pytest.mark.parametrize("command", sorted(commands(main)))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`{command}`" in PAGES["README.md"]


@pytest.mark.parametrize("setting", [name for name, _, _ in settings_table()])
def test_every_setting_is_documented(setting: str) -> None:
    assert f"| `{setting}` |" in PAGES["docs/settings.md"]


def test_documents_speak_of_settings_that_exist() -> None:
    known = {name for name, _, _ in settings_table()}
    told = [
        (name, word)
        for name, text in [*PAGES.items(), ("compose", read("docker-compose.yml"))]
        for word in re.findall(r"\bPEERHOUR_[A-Z_]+[A-Z]", text)
        if word not in known | {"PEERHOUR_WEB_PORT", "PEERHOUR_SCREENSHOTS"}
    ]
    assert told == []  # those two are the compose file's and a test's own


def test_every_make_target_that_is_told_exists() -> None:
    known = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    told = {
        (name, target)
        for name, text in PAGES.items()
        for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)
    }
    assert told
    assert {(name, target) for name, target in told if target not in known} == set()


def test_every_link_leads_somewhere() -> None:
    broken = [(name, to) for name, to in links() if not (ROOT / name).parent.joinpath(to).exists()]
    assert broken == []


def test_every_file_that_is_named_exists() -> None:
    named = list(named_paths())
    assert len(named) > 30
    assert [(name, path) for name, path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(("path", "name"), tour())
def test_the_tour_shows_what_is_there(path: str, name: str) -> None:
    said = rf"\b(?:def|class|function|FUNCTION) {name}\b|^{name}\b"
    assert re.search(said, read(path), re.MULTILINE)


def test_the_tour_is_a_tour() -> None:
    assert len(tour()) > 40


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    for name in records:
        assert f"({name})" in PAGES["docs/decisions/README.md"]
        text = PAGES[f"docs/decisions/{name}"]
        assert text.startswith(f"# {int(name[:4])}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]


def test_there_is_one_licence_and_it_is_apache() -> None:
    text = read("LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in read("pyproject.toml")


def test_nobody_is_shouted_at() -> None:
    prose = re.compile(r"```.*?```|`[^`]*`|!\[|<!--", re.DOTALL)
    assert [name for name, text in PAGES.items() if "!" in prose.sub("", text)] == []


def test_the_locks_hold_hashes_and_no_address() -> None:
    locks = dict(texts(".lock"))
    assert set(locks) == {"requirements.lock", "requirements-dev.lock", "infra/docker/build.lock"}
    for name, text in locks.items():
        pinned = re.split(r"^(?=\S)", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]
        assert pinned, name
        assert all("==" in each and "--hash=sha256:" in each for each in pinned), name
        assert "://" not in text, name
        assert "index-url" not in text, name


def test_what_the_image_installs_is_what_the_tests_ran_on() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", read(name), re.MULTILINE))

    assert pins("requirements.lock") < pins("requirements-dev.lock")
    assert pins("infra/docker/build.lock") < pins("requirements-dev.lock")


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")
