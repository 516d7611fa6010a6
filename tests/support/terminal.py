"""The program as somebody at a terminal runs it, on a database and a folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra.database import ConnectKwargs
from tests.support.house import database_url
from tests.support.repository import ROOT

_LONGEST: Final = 60  # seconds


class ReadyProgram:
    """Starts processes of the program that have their imports behind them.

    Args:
        process: of ``tests.support.ready_program``.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[ReadyProgram]:
        with subprocess.Popen(
            [sys.executable, "-m", "tests.support.ready_program"],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:  # which ends with its input
            yield cls(process)

    def run(
        self, commands: Sequence[Sequence[object]], folder: Path, environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run commands in one process until one fails."""
        said = self._process.stdout
        orders = self._process.stdin
        assert said is not None
        assert orders is not None
        with tempfile.TemporaryDirectory() as kept:
            stdout, stderr = Path(kept) / "stdout", Path(kept) / "stderr"
            order = {
                "commands": [[str(word) for word in command] for command in commands],
                "folder": str(folder),
                "environment": environment,
                "stdout": str(stdout),
                "stderr": str(stderr),
                "seconds": _LONGEST,
            }
            print(json.dumps(order), file=orders, flush=True)
            code = int(said.readline())
            return subprocess.CompletedProcess(
                [str(command) for command in commands],
                code,
                stdout.read_text("utf-8"),
                stderr.read_text("utf-8"),
            )


@dataclass(frozen=True)
class Terminal:
    """Runs commands on one house."""

    program: ReadyProgram
    folder: Path
    environment: dict[str, str]

    @classmethod
    def of(cls, program: ReadyProgram, database: ConnectKwargs, folder: Path) -> Terminal:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(database),
            "PEERHOUR_DATA_DIR": str(folder),
        }
        return cls(program, folder, environment)

    def run(self, *commands: Sequence[object]) -> list[str]:
        """Run commands one after the other and return what each of them printed."""
        done = self.attempt(*commands)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout.split("\0")[:-1]

    def attempt(self, *commands: Sequence[object]) -> subprocess.CompletedProcess[str]:
        """Run commands until one fails."""
        return self.program.run(commands, self.folder, self.environment)
