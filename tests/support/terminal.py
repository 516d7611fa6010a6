"""The program as its own process, on a database and a folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.database import ConnectKwargs
from tests.support.house import database_url

# Several commands in one process, so that its imports are paid for once.
_PROGRAM = """
import json, sys
from services.cli.main import main
for arguments in json.loads(sys.argv[1]):
    main(arguments, prog_name="peerhour", standalone_mode=False)
    print(end="\\0", flush=True)
"""


@dataclass
class Terminal:
    """Runs commands; the demo's story was told on its house."""

    folder: Path
    environment: dict[str, str]

    @classmethod
    def with_demo(cls, database: ConnectKwargs, folder: Path) -> Terminal:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url(database),
            "PEERHOUR_DATA_DIR": str(folder),
        }
        terminal = cls(folder, environment)
        terminal.run(("demo", "--no-serve", "--data-dir", folder, "--port", "0"))
        return terminal

    def run(self, *commands: Sequence[object]) -> list[str]:
        """Run commands one after the other and return what each of them printed."""
        done = self.attempt(*commands)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout.split("\0")[:-1]

    def attempt(self, *commands: Sequence[object]) -> subprocess.CompletedProcess[str]:
        """Run commands until one fails."""
        written = json.dumps([[str(word) for word in command] for command in commands])
        return subprocess.run(
            [sys.executable, "-c", _PROGRAM, written],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
