"""The key store: a forgotten person's key is gone from everywhere, the others' keys stay."""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from infra.secrets.keystore import KeyStore, KeyStoreDamaged, SubjectKey, derive
from tests.support.builders import ANA, BO, CHIDI, JOY

NONCE = bytes(12)

Open = Callable[[], KeyStore]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def open_store(folder: Path) -> Iterator[Open]:
    """Open the folder as one more process would."""
    opened = []

    def open_one() -> KeyStore:
        opened.append(KeyStore(folder))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


def made(store: KeyStore, subject: UUID) -> SubjectKey:
    key = store.key_for_writing(subject)
    assert key is not None
    return key


def opens(key: SubjectKey | None, sealed: bytes) -> bytes:
    assert key is not None
    return key.cipher.decrypt(NONCE, sealed, None)


def roots(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("root-*.key"))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_person_keeps_one_key_from_the_first_writing_on(open_store: Open) -> None:
    store = open_store()
    assert store.key_for_reading(ANA) is None
    first = made(store, ANA)
    assert made(store, ANA) == first
    assert store.key_for_reading(ANA) == first


def test_keys_outlive_the_process(open_store: Open) -> None:
    first = open_store()
    key = made(first, ANA)
    sealed = key.cipher.encrypt(NONCE, b"text", None)
    first.close()
    again = open_store().key_for_reading(ANA)
    assert again is not None
    assert (again.key_id, again.commitment) == (key.key_id, key.commitment)
    assert opens(again, sealed) == b"text"


def test_no_two_people_share_a_key(open_store: Open) -> None:
    store = open_store()
    ana, bo = made(store, ANA), made(store, BO)
    assert ana.key_id != bo.key_id
    assert ana.commitment != bo.commitment


def test_only_the_owner_can_read_the_folder_and_its_files(folder: Path, open_store: Open) -> None:
    store = open_store()
    made(store, ANA)
    store.secret("links")
    store.erase([ANA])
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == {
        "keys.sqlite3": 0o600,
        "root-2.key": 0o600,
        "secrets.key": 0o600,
    }


def test_a_folder_that_others_could_read_is_closed_to_them(folder: Path, open_store: Open) -> None:
    folder.mkdir(mode=0o755)
    open_store()
    assert mode(folder) == 0o700


def test_a_forgotten_person_has_no_key_and_never_gets_one_again(open_store: Open) -> None:
    store = open_store()
    made(store, ANA)
    store.erase([ANA])
    assert store.key_for_reading(ANA) is None
    assert store.key_for_writing(ANA) is None
    store.close()
    reopened = open_store()
    assert reopened.key_for_writing(ANA) is None
    assert reopened.key_for_reading(ANA) is None


def test_a_person_who_never_had_a_key_can_be_forgotten(open_store: Open) -> None:
    store = open_store()
    store.erase([ANA])
    assert store.key_for_writing(ANA) is None


def test_survivors_stay_readable_through_many_erasures(open_store: Open) -> None:
    store = open_store()
    sealed = made(store, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    for subject in (ANA, CHIDI, JOY):
        made(store, subject)
        store.erase([subject])
    assert opens(store.key_for_reading(BO), sealed) == b"Bo sang"
    store.close()
    assert opens(open_store().key_for_reading(BO), sealed) == b"Bo sang"


def test_forgetting_twice_changes_nothing_more(open_store: Open) -> None:
    store = open_store()
    sealed = made(store, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    store.erase([ANA])
    store.erase([ANA])
    assert store.key_for_writing(ANA) is None
    assert opens(store.key_for_reading(BO), sealed) == b"Bo sang"


def test_an_erasure_replaces_the_root_key(folder: Path, open_store: Open) -> None:
    store = open_store()
    made(store, BO)
    before = (folder / "root-1.key").read_bytes()
    store.erase([ANA])
    assert roots(folder) == ["root-2.key"]
    assert (folder / "root-2.key").read_bytes() != before


def test_an_older_copy_of_the_key_database_is_dead(
    folder: Path, tmp_path: Path, open_store: Open
) -> None:
    store = open_store()
    made(store, ANA)
    backup = tmp_path / "backup.sqlite3"
    shutil.copy(folder / "keys.sqlite3", backup)
    store.erase([ANA])
    store.close()
    shutil.copy(backup, folder / "keys.sqlite3")
    with pytest.raises(KeyStoreDamaged, match=r"root-1\.key is missing"):
        open_store()
    assert roots(folder) == ["root-2.key"]  # the refusal destroyed nothing


def test_an_older_copy_is_not_opened_by_the_new_root(
    folder: Path, tmp_path: Path, open_store: Open
) -> None:
    store = open_store()
    made(store, ANA)
    backup = tmp_path / "backup.sqlite3"
    shutil.copy(folder / "keys.sqlite3", backup)
    store.erase([ANA])
    store.close()
    shutil.copy(backup, folder / "keys.sqlite3")
    (folder / "root-2.key").rename(folder / "root-1.key")
    with pytest.raises(KeyStoreDamaged, match="does not open"):
        open_store().key_for_reading(ANA)


def test_a_lost_key_database_is_not_taken_for_a_new_one(folder: Path, open_store: Open) -> None:
    store = open_store()
    store.erase([ANA])
    store.close()
    (folder / "keys.sqlite3").unlink()
    with pytest.raises(KeyStoreDamaged, match=r"keys\.sqlite3 is missing"):
        open_store()
    assert roots(folder) == ["root-2.key"]


def test_no_bytes_of_a_forgotten_persons_key_stay_in_the_file(
    folder: Path, open_store: Open
) -> None:
    store = open_store()
    for subject in (BO, ANA, CHIDI):
        made(store, subject)
    key_id, wrapped = wrapped_key(folder, ANA)
    content = (folder / "keys.sqlite3").read_bytes()
    assert key_id in content
    assert wrapped in content
    store.erase([ANA])
    left = b"".join(path.read_bytes() for path in folder.iterdir())
    assert key_id not in left
    assert wrapped not in left
    assert wrapped[12:28] not in left


def wrapped_key(folder: Path, subject: UUID) -> tuple[bytes, bytes]:
    db = sqlite3.connect(folder / "keys.sqlite3")
    row: tuple[bytes, bytes] = db.execute(
        "SELECT key_id, wrapped FROM subject_keys WHERE subject = ?", (subject.bytes,)
    ).fetchone()
    db.close()
    return row


def test_a_crash_before_the_commit_leaves_everybody_readable(
    folder: Path, open_store: Open
) -> None:
    store = open_store()
    sealed = made(store, ANA).cipher.encrypt(NONCE, b"text", None)
    store.close()
    (folder / "root-2.key").write_bytes(bytes(32))  # written, then the power failed
    (folder / "root-3.part").write_bytes(bytes(7))
    reopened = open_store()
    assert opens(reopened.key_for_reading(ANA), sealed) == b"text"
    assert roots(folder) == ["root-1.key"]
    assert not list(folder.glob("*.part"))
    reopened.erase([BO])
    assert opens(reopened.key_for_reading(ANA), sealed) == b"text"


def test_a_crash_after_the_commit_is_finished_at_the_next_start(
    folder: Path, open_store: Open
) -> None:
    store = open_store()
    sealed = made(store, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    made(store, ANA)
    old_root = (folder / "root-1.key").read_bytes()
    store.erase([ANA])
    store.close()
    (folder / "root-1.key").write_bytes(old_root)  # the power failed before it was destroyed
    reopened = open_store()
    assert roots(folder) == ["root-2.key"]
    assert reopened.key_for_reading(ANA) is None
    assert opens(reopened.key_for_reading(BO), sealed) == b"Bo sang"


def test_a_crash_inside_the_erasure_forgets_nobody(
    folder: Path, open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    sealed = made(store, ANA).cipher.encrypt(NONCE, b"text", None)

    def fail(*_: Any) -> bytes:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("infra.secrets.keystore._wrap", fail)
        with pytest.raises(OSError):  # noqa: PT011  an error of the disk has no text of ours
            store.erase([BO])
    assert opens(store.key_for_reading(ANA), sealed) == b"text"
    made(store, BO)
    store.erase([BO])
    assert roots(folder) == ["root-2.key"]
    assert opens(store.key_for_reading(ANA), sealed) == b"text"


def test_another_process_sees_new_keys_at_once(open_store: Open) -> None:
    one, other = open_store(), open_store()
    assert other.key_for_reading(ANA) is None  # and remembers it
    key = made(one, ANA)
    assert made(other, ANA).key_id == key.key_id


def test_another_process_sees_an_erasure_at_once(open_store: Open) -> None:
    one, other = open_store(), open_store()
    made(other, ANA)
    sealed = made(other, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    one.erase([ANA])
    assert other.key_for_reading(ANA) is None
    assert other.key_for_writing(ANA) is None
    assert opens(other.key_for_reading(BO), sealed) == b"Bo sang"


def test_another_process_goes_on_making_keys_after_an_erasure(open_store: Open) -> None:
    one, other = open_store(), open_store()
    one.erase([ANA])
    key = made(other, BO)
    assert made(one, BO).key_id == key.key_id


def test_processes_take_turns_in_erasing(folder: Path, open_store: Open) -> None:
    one, other = open_store(), open_store()
    sealed = made(one, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    for eraser, subject in ((one, ANA), (other, CHIDI), (one, JOY)):
        eraser.erase([subject])
    assert roots(folder) == ["root-4.key"]
    for store in (one, other):
        assert opens(store.key_for_reading(BO), sealed) == b"Bo sang"
        assert store.key_for_writing(CHIDI) is None


def test_a_person_forgotten_while_their_first_value_is_written_gets_no_key(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, eraser = open_store(), open_store()
    not_yet = KeyStore._is_erased

    def erased_right_after(store: KeyStore, subject: UUID) -> bool:
        answer = not_yet(store, subject)
        eraser.erase([subject])
        return answer

    monkeypatch.setattr(KeyStore, "_is_erased", erased_right_after)
    assert writer.key_for_writing(ANA) is None


def test_an_erasure_while_a_key_is_being_read_is_noticed(
    open_store: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, eraser = open_store(), open_store()
    sealed = made(eraser, BO).cipher.encrypt(NONCE, b"Bo sang", None)
    made(eraser, ANA)
    look, erasures = reader._row, [[ANA], [CHIDI]]

    def erased_right_after(subject: UUID) -> tuple[bytes, bytes, int] | None:
        row = look(subject)
        if erasures:
            eraser.erase(erasures.pop())
        return row

    monkeypatch.setattr(reader, "_root", (0, b""))  # it reads the root key's file anew
    monkeypatch.setattr(reader, "_row", erased_right_after)
    assert opens(reader.key_for_reading(BO), sealed) == b"Bo sang"
    assert not erasures


def test_secrets_differ_by_purpose_and_survive_erasures(open_store: Open) -> None:
    store = open_store()
    links = store.secret("links")
    assert len(links) == 32
    assert store.secret("codes") != links
    store.erase([ANA])
    store.close()
    assert open_store().secret("links") == links


def test_a_commitment_is_derived_and_does_not_show_the_key() -> None:
    assert derive(b"k" * 32, b"commit", 16) == derive(b"k" * 32, b"commit", 16)
    assert derive(b"k" * 32, b"commit", 16) != derive(b"j" * 32, b"commit", 16)


def test_processes_that_start_and_write_at_once_agree_on_every_key(folder: Path) -> None:
    subjects = [uuid4() for _ in range(10)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(3) as pool:
        answers = pool.starmap(_keys_of, [(folder, subjects)] * 3)
    assert answers[0] == answers[1] == answers[2]


def _keys_of(folder: Path, subjects: list[UUID]) -> list[bytes]:
    store = KeyStore(folder)
    try:
        return [made(store, subject).key_id for subject in subjects]
    finally:
        store.close()
