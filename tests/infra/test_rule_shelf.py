"""The operator's own folder of packs: read anew when it changes; the last good packs stay."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from domain.rules.parse import PackFault
from infra import rule_files
from infra.rule_files import RuleShelf, load_rules
from tests.domain.rules.made import ABSENT, FILE, a_rule, a_text

Logs = list[MutableMapping[str, Any]]
SHIPPED = len(load_rules().packs)


@pytest.fixture
def logs() -> Iterator[Logs]:
    with capture_logs() as written:
        yield written


def write(folder: Path, name: str = FILE, **changes: Any) -> None:
    """Write a pack; its version is what a test tells it by."""
    (folder / name).write_text(a_text(case=[ABSENT], **changes))


def version(shelf: RuleShelf) -> int | None:
    pack = shelf.book().newest("house")
    return None if pack is None else pack.version


def events(logs: Logs) -> list[str]:
    return [str(each["event"]) for each in logs]


def test_without_a_folder_the_shipped_packs_are_in_use() -> None:
    shelf = RuleShelf()
    assert shelf.look_again()
    assert len(shelf.book().packs) == SHIPPED


def test_packs_of_the_folder_stand_beside_those_that_ship(tmp_path: Path) -> None:
    write(tmp_path)
    shelf = RuleShelf(tmp_path)
    assert (version(shelf), len(shelf.book().packs)) == (1, SHIPPED + 1)


def test_a_changed_an_added_and_a_removed_file_are_noticed(tmp_path: Path, logs: Logs) -> None:
    write(tmp_path)
    shelf = RuleShelf(tmp_path)
    write(tmp_path, version=12)
    assert shelf.look_again()
    assert version(shelf) == 12
    (tmp_path / "second.toml").write_text(a_text(a_rule(id="second"), id="second", case=[ABSENT]))
    assert shelf.look_again()
    assert len(shelf.book().packs) == SHIPPED + 2
    (tmp_path / FILE).unlink()
    assert shelf.look_again()
    assert version(shelf) is None
    assert [(each["event"], each["packs"]) for each in logs] == [
        ("rules.read", SHIPPED + 1),
        ("rules.read", SHIPPED + 2),
        ("rules.read", SHIPPED + 1),
    ]


def test_a_folder_that_did_not_change_is_not_read_again(tmp_path: Path, logs: Logs) -> None:
    write(tmp_path)
    shelf = RuleShelf(tmp_path)
    book = shelf.book()
    assert shelf.look_again()
    assert shelf.book() is book
    assert logs == []


def test_a_pack_that_cannot_be_used_leaves_the_last_good_ones_and_is_logged_once(
    tmp_path: Path, logs: Logs
) -> None:
    write(tmp_path)
    shelf = RuleShelf(tmp_path)
    write(tmp_path, version=0)
    assert not shelf.look_again()
    assert not shelf.look_again()
    assert version(shelf) == 1
    (told,) = logs
    assert (told["event"], told["log_level"]) == ("rules.refused", "error")
    assert told["code"] == "rules.file_fault"
    assert told["says"] == "house.toml, line 3: version: Versions count from 1."
    write(tmp_path, version=-1, name="Another house")
    assert not shelf.look_again()
    write(tmp_path, version=30)
    assert shelf.look_again()
    assert version(shelf) == 30
    write(tmp_path, version=0)
    assert not shelf.look_again()
    assert events(logs) == ["rules.refused", "rules.read", "rules.refused"]


def test_two_packs_that_contradict_each_other_leave_the_last_good_ones(tmp_path: Path) -> None:
    write(tmp_path)
    shelf = RuleShelf(tmp_path)
    write(tmp_path, "same.toml")
    assert not shelf.look_again()
    assert version(shelf) == 1


def test_a_folder_that_is_gone_leaves_the_last_good_packs(tmp_path: Path, logs: Logs) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    write(folder)
    shelf = RuleShelf(folder)
    folder.rename(tmp_path / "moved")
    assert not shelf.look_again()
    assert version(shelf) == 1
    (tmp_path / "moved").rename(folder)
    assert shelf.look_again()
    assert events(logs) == ["rules.refused"]


def test_a_folder_that_is_not_there_at_the_start_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path / FILE):
        (tmp_path / FILE).write_text(a_text())
        with pytest.raises(PackFault) as refused:
            RuleShelf(folder)
        assert str(refused.value).startswith(f"{folder}: The folder of packs cannot be read: ")


def test_a_bad_pack_at_the_start_is_refused(tmp_path: Path) -> None:
    write(tmp_path, version=0)
    with pytest.raises(PackFault):
        RuleShelf(tmp_path)


def test_what_is_no_pack_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a pack")
    (tmp_path / ".#house.toml").symlink_to("somebody@editor")
    shelf = RuleShelf(tmp_path)
    assert len(shelf.book().packs) == SHIPPED


def test_a_link_that_leads_nowhere_is_refused_by_its_name(tmp_path: Path, logs: Logs) -> None:
    shelf = RuleShelf(tmp_path)
    (tmp_path / FILE).symlink_to(tmp_path / "nowhere")
    assert not shelf.look_again()
    assert logs[0]["says"] == "house.toml, line 1: It cannot be read: No such file or directory."


def test_the_folder_is_looked_at_again_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(rule_files, "monotonic", lambda: now[0])
    shelf = RuleShelf(tmp_path)
    write(tmp_path)
    now[0] += 9
    assert version(shelf) is None
    now[0] += 2
    assert version(shelf) == 1
