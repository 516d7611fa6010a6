"""The program made ready: each order is carried out in a process of its own, forked from this one.

To import the program and to read the shipped rule packs takes seconds, and a forked process has
that behind it. It ends as an interpreter ends, and nothing that it did is left for the next one.

An order is a line of JSON on standard input; how its process ended is a line on standard output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import services.bootstrap  # noqa: F401  what every command of a house imports
from infra.rule_files import load_rules
from services.cli.main import main


def awaited() -> dict[str, Any]:
    """Return the next order in a process of its own; where nothing is ordered any more, end."""
    for line in sys.stdin:
        process = os.fork()
        if not process:
            order: dict[str, Any] = json.loads(line)
            return order
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    sys.exit()


def move_into(order: dict[str, Any]) -> None:
    """Go where an order is carried out: its folder, its environment, its output."""
    signal.alarm(order["seconds"])  # ends the process
    for descriptor, path in enumerate((os.devnull, order["stdout"], order["stderr"])):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])


if __name__ == "__main__":
    load_rules()  # keeps the packs that ship with us
    ordered = awaited()
    move_into(ordered)
    for arguments in ordered["commands"]:
        main(arguments, prog_name="peerhour", standalone_mode=False)
        sys.stdout.write("\0")
        sys.stdout.flush()
