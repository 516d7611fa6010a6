"""The embedded PostgreSQL, on real servers; folders are copies of one that was made once."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from infra.database import ConnectKwargs, connect
from infra.database_errors import (
    DatabaseUnreachable,
    OtherMajor,
    ServerDidNotStart,
    UnsafeFolder,
    UnsafeSettings,
)
from infra.postgres import embedded as embedded_postgres
from infra.postgres.account import Account
from infra.postgres.binaries import Binaries, choose_binaries
from infra.postgres.embedded import EmbeddedPostgres
from infra.postgres.keeping import stop_forsaken
from infra.postgres.process import processes_of, running_postmaster

ROOT = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0
NOBODY = 65534
WITHIN = 20.0  # seconds that a watcher has at most, on a busy machine
START = """
import json, sys
from pathlib import Path
from infra.postgres.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(json.dumps([server.status().pid, server.started_here]), flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A short folder that every user may enter."""
    made = Path(tempfile.mkdtemp(prefix="peerhour-pg-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def seed(folder: Path) -> Path:
    server = EmbeddedPostgres(folder / "seed")
    server.start()
    server.stop()
    return server.data_dir


@pytest.fixture
def data_dir(folder: Path, seed: Path) -> Iterator[Path]:
    copy = folder / "copy"
    shutil.copytree(seed, copy, ignore=shutil.ignore_patterns("run"))
    yield copy
    EmbeddedPostgres(copy).stop(anyone=True)
    shutil.rmtree(copy)


@pytest.fixture
def server(data_dir: Path) -> EmbeddedPostgres:
    made = EmbeddedPostgres(data_dir)
    made.start()
    return made


def ask(address: ConnectKwargs, question: str) -> Any:
    """Ask on a loop in a thread of its own, so that any test may ask."""

    async def answer() -> Any:
        connection = await connect(address)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(answer())).result()


def kill_and_wait(server: EmbeddedPostgres) -> None:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while running_postmaster(server.cluster) == pid:
        pass


def the_file_of(server: EmbeddedPostgres) -> Path:
    return server.cluster / "postmaster.pid"


def test_a_first_start_makes_a_private_server_that_keeps_what_it_promises(
    folder: Path,
) -> None:
    server = EmbeddedPostgres(folder / "first")
    leftover = server.data_dir / "cluster.new-0123"  # of a start that was killed
    leftover.mkdir(parents=True)
    try:
        address = server.start()
        assert not leftover.exists()
        for private in (server.data_dir, server.cluster, Path(address["host"])):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
        assert stat.S_IMODE((server.data_dir / "password").stat().st_mode) == 0o600
        expected = {
            "data_checksums": "on",
            "fsync": "on",
            "full_page_writes": "on",
            "listen_addresses": "",
            "lc_collate": "C",
            "password_encryption": "scram-sha-256",
            "server_encoding": "UTF8",
            "synchronous_commit": "on",
            "timezone": "UTC",
        }
        collate = "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        shown = {
            name: ask(address, collate if name == "lc_collate" else f"SHOW {name}")
            for name in expected
        }
        assert shown == expected
        rules = "SELECT DISTINCT auth_method FROM pg_hba_file_rules"
        assert ask(address, rules) == "scram-sha-256"
    finally:
        server.stop()
    assert not server.status().running


def test_a_second_start_finds_the_running_server_and_leaves_it_to_who_started_it(
    server: EmbeddedPostgres,
) -> None:
    pid = server.status().pid
    guest = EmbeddedPostgres(server.data_dir)
    assert guest.start() == server.start() == server.connect_kwargs()
    assert guest.status().pid == pid
    assert guest.stop() is False
    assert ask(server.connect_kwargs(), "SELECT 1") == 1
    assert server.stop() is True
    assert server.stop() is False


def killed_keeper(data_dir: Path) -> tuple[int, int]:
    """Let another process start the server; return its own pid and the server's."""
    keeper = subprocess.Popen(
        [sys.executable, "-c", START, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert keeper.stdin is not None
    assert keeper.stdout is not None
    pid, started_here = json.loads(keeper.stdout.readline())
    assert started_here
    keeper.kill()
    keeper.wait()
    keeper.stdin.close()
    keeper.stdout.close()
    return keeper.pid, pid


def test_a_server_ends_with_a_keeper_that_was_killed(data_dir: Path) -> None:
    _, server_pid = killed_keeper(data_dir)
    deadline = time.monotonic() + WITHIN
    while running_postmaster(data_dir / "cluster") == server_pid:
        assert time.monotonic() < deadline, "nobody stopped it"
        time.sleep(0.02)
    again = EmbeddedPostgres(data_dir)
    assert ask(again.start(), "SELECT 1") == 1
    assert again.status().pid != server_pid
    assert again.stop() is True


def test_whoever_starts_right_after_a_killed_keeper_has_a_server_that_stays(
    data_dir: Path,
) -> None:
    killed_keeper(data_dir)
    server = EmbeddedPostgres(data_dir)
    server.start()
    pid = server.status().pid
    assert server.started_here
    assert stop_forsaken(data_dir) is False, "somebody keeps it"
    assert server.status().pid == pid
    assert ask(server.connect_kwargs(), "SELECT 1") == 1


def test_a_server_that_nobody_keeps_is_adopted_and_stopped_by_whoever_finds_it(
    server: EmbeddedPostgres,
) -> None:
    server._keeping.drop()  # as if this process and its watcher had been killed
    heir = EmbeddedPostgres(server.data_dir)
    heir.start()
    assert heir.status().pid == server.status().pid
    assert heir.started_here
    assert heir.stop() is True
    assert not heir.status().running


def test_a_forsaken_server_is_stopped_once(server: EmbeddedPostgres) -> None:
    assert stop_forsaken(server.data_dir) is False
    server._keeping.drop()
    assert [stop_forsaken(server.data_dir) for _ in range(2)] == [True, False]
    assert not server.status().running


def test_a_stopped_server_has_no_address_and_starts_again(server: EmbeddedPostgres) -> None:
    server.stop()
    with pytest.raises(DatabaseUnreachable):
        server.connect_kwargs()
    assert ask(server.start(), "SELECT 1") == 1


async def test_a_service_may_start_it_from_its_event_loop(data_dir: Path) -> None:
    address = EmbeddedPostgres(data_dir).start()
    connection = await connect(address)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


def test_a_wrong_password_is_refused(server: EmbeddedPostgres) -> None:
    address = server.connect_kwargs()
    assert len(address["password"]) >= 40
    with pytest.raises(DatabaseUnreachable, match="the password is wrong") as refusal:
        ask(address | {"password": "guess"}, "SELECT 1")
    assert "guess" not in str(refusal.value)
    without = {key: value for key, value in address.items() if key != "password"}
    with pytest.raises(DatabaseUnreachable):
        ask(without, "SELECT 1")


def test_what_was_committed_is_there_after_kill_9(server: EmbeddedPostgres) -> None:
    address = server.connect_kwargs()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS seven")
    first = server.status().pid
    kill_and_wait(server)
    again = EmbeddedPostgres(server.data_dir)
    assert ask(again.start(), "SELECT seven FROM kept") == 7
    assert again.started_here
    assert again.status().pid != first


def test_a_pid_file_that_names_a_stranger_is_put_aside_and_the_stranger_lives(
    server: EmbeddedPostgres,
) -> None:
    kill_and_wait(server)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        lines = the_file_of(server).read_text().splitlines()
        for file in (the_file_of(server), *Path(server.data_dir / "run").glob(".s.*.lock")):
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert not server.status().running
        try:
            assert ask(server.start(), "SELECT 1") == 1
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_folder_of_another_major_is_refused_with_a_way_out(data_dir: Path) -> None:
    (data_dir / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(OtherMajor, match=r"PostgreSQL 14.*pg_upgrade") as refusal:
        EmbeddedPostgres(data_dir).start()
    assert refusal.value.facts["data_major"] == 14


def test_the_programs_follow_the_major_of_the_data() -> None:
    wheel = Binaries(Path("wheel"), 18, 6, "wheel")
    system = Binaries(Path("system"), 15, 20, "system")
    assert choose_binaries(None, [wheel, system]) is wheel
    assert choose_binaries(15, [wheel, system]) is system


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_forget_is_refused_and_stopped(data_dir: Path, setting: str) -> None:
    with (data_dir / "cluster" / "postgresql.conf").open("a") as file:
        file.write(f"\n{setting} = off\n")
    server = EmbeddedPostgres(data_dir)
    with pytest.raises(UnsafeSettings, match=f"{setting} = off"):
        server.start()
    assert not server.status().running


def test_a_server_that_cannot_start_says_where_its_log_is(data_dir: Path) -> None:
    (data_dir / "cluster" / "postgresql.conf").write_text("no such line")
    with pytest.raises(ServerDidNotStart, match=r"server\.log"):
        EmbeddedPostgres(data_dir).start()
    assert "no such line" not in (data_dir / "password").read_text()
    assert "syntax error" in (data_dir / "server.log").read_text()


def test_a_lost_password_file_is_said_and_nothing_is_left_running(data_dir: Path) -> None:
    (data_dir / "password").unlink()
    server = EmbeddedPostgres(data_dir)
    with pytest.raises(UnsafeFolder, match="password"):
        server.start()
    assert not server.status().running


def test_a_long_path_with_odd_characters_gets_its_socket_elsewhere(
    folder: Path, seed: Path
) -> None:
    long = folder / ("it's a long $HOME " * 5) / ("ö" * 60)
    shutil.copytree(seed, long, ignore=shutil.ignore_patterns("run"))
    server = EmbeddedPostgres(long)
    address = server.start()
    try:
        assert not Path(address["host"]).is_relative_to(long)
        assert stat.S_IMODE(Path(address["host"]).stat().st_mode) == 0o700
        assert ask(address, "SELECT 1") == 1
    finally:
        server.stop()
    assert not Path(address["host"]).exists()


def test_processes_that_start_at_once_share_one_server_that_one_of_them_stops(
    folder: Path,
) -> None:
    data_dir = folder / "together"
    command = [sys.executable, "-c", START, str(data_dir)]
    pipe = subprocess.PIPE
    starters = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) for _ in range(4)
    ]
    said = [json.loads(each.stdout.readline()) for each in starters if each.stdout]
    for each in starters:
        each.communicate()
    assert len({pid for pid, _ in said}) == 1
    assert sorted(started for _, started in said) == [False, False, False, True]
    assert {each.returncode for each in starters} == {0}
    assert processes_of(data_dir / "cluster") == []


def _python_of_an_ordinary_user() -> str:
    """Return an interpreter of our version that nobody may run."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            code = subprocess.run([python, "-c", ""], user=NOBODY, check=False).returncode
        except OSError:
            continue
        if code == 0:
            return python
    pytest.skip("no Python of this version can be run by an ordinary user")


@pytest.mark.skipif(not AS_ROOT, reason="every other test already runs as an ordinary user")
def test_an_ordinary_user_starts_a_server(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    answer = subprocess.run(
        [_python_of_an_ordinary_user(), "-c", START, str(home / "db")],
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd=home,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join([str(ROOT), *sys.path])},
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)[1] is True
    assert (home / "db" / "cluster" / "PG_VERSION").stat().st_uid == NOBODY


@pytest.mark.skipif(not AS_ROOT, reason="only root changes accounts")
def test_root_without_namespaces_runs_the_server_as_nobody_and_can_go_back(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(server.connect_kwargs(), "CREATE TABLE kept AS SELECT 7 AS seven")
    server.stop()
    with monkeypatch.context() as patch:
        nobody = Account("nobody", user=(NOBODY, NOBODY))
        patch.setattr(embedded_postgres, "choose_account", lambda _: nobody)
        assert ask(server.start(), "SELECT seven FROM kept") == 7
        pid = server.status().pid
        assert Path(f"/proc/{pid}").stat().st_uid == NOBODY
        server.stop()
    assert ask(server.start(), "SELECT seven FROM kept") == 7


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only Linux hides working directories")
def test_a_server_is_known_by_its_command_line_where_working_directories_are_hidden(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden(path: Path) -> Path:
        raise PermissionError(path)

    pid = server.status().pid
    monkeypatch.setattr(Path, "readlink", hidden)
    assert running_postmaster(server.cluster) == pid
    assert running_postmaster(server.data_dir) is None
    assert processes_of(server.data_dir) == []


@pytest.mark.skipif(not AS_ROOT, reason="only root can give folders away")
def test_the_folder_of_another_user_is_left_alone(data_dir: Path) -> None:
    os.chown(data_dir, 1234, 1234)
    with pytest.raises(UnsafeFolder, match="another user's"):
        EmbeddedPostgres(data_dir).start()
    assert data_dir.stat().st_uid == 1234
    os.chown(data_dir, 0, 0)


@pytest.mark.skipif(not AS_ROOT, reason="only root can give folders away")
def test_a_socket_folder_that_somebody_else_made_first_is_refused(data_dir: Path) -> None:
    run = data_dir / "run"
    run.mkdir()
    os.chown(run, 1234, 1234)
    with pytest.raises(UnsafeFolder, match="somebody else's"):
        EmbeddedPostgres(data_dir).start()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "db").touch()
    with pytest.raises(UnsafeFolder, match="Choose another folder"):
        EmbeddedPostgres(tmp_path / "db").start()
