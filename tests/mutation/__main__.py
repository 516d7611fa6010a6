"""``python -m tests.mutation [MODULE…]``: make the credit engine wrong in one place at a time.

The tests are collected once; every mutant gets a process of its own, forked from there, in which
one function's code is replaced and the tests run until one fails. Two processes at most.
"""

from __future__ import annotations

import inspect
import os
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest

from tests.mutation.mutants import Mutant, mutants_of

ENGINE: Final = (
    *("account", "book", "checking", "conditions", "consistency", "counting", "cycles", "explain"),
    *("facts", "judge", "lines", "model", "parse", "worked_cases_consistency"),
)
AT_ONCE: Final = 2
SECONDS: Final = 120  # a mutant that hangs is noticed
NOTICED, SURVIVED = 1, 0
EXPLAINED: Final = Path(__file__).with_name("survivors.toml")


class Mutate:
    """A plugin that runs the collected tests once for each mutant instead of once."""

    def __init__(self, modules: list[str]) -> None:
        self.modules = modules
        self.survivors: list[str] = []
        self.tally: dict[str, Counter[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if os.waitpid(self._fork(session, "", None), 0)[1]:
            session.shouldfail = "The tests fail without any mutant."
            raise session.Failed(session.shouldfail)
        running: dict[int, tuple[str, Mutant]] = {}
        for name, module, mutant in self._mutants():
            if len(running) == AT_ONCE:
                self._wait(running)
            function = _function(module, mutant.function)
            running[self._fork(session, name, (function, mutant.code))] = name, mutant
        while running:
            self._wait(running)
        return True

    def _mutants(self) -> Iterator[tuple[str, ModuleType, Mutant]]:
        for name in self.modules:
            module = import_module(f"domain.rules.{name}")
            path = Path(inspect.getfile(module))
            for mutant in mutants_of(path.read_text(encoding="utf-8"), str(path)):
                yield name, module, mutant

    def _fork(
        self, session: pytest.Session, name: str, wrong: tuple[FunctionType, CodeType] | None
    ) -> int:
        """Start a process with one function made wrong; it exits with what the tests say."""
        pid = os.fork()
        if pid == 0:
            answer = NOTICED
            try:
                if wrong is not None:
                    wrong[0].__code__ = wrong[1]
                answer = _answer(session, name)
            finally:
                os._exit(answer)
        return pid

    def _wait(self, running: dict[int, tuple[str, Mutant]]) -> None:
        pid, status = os.wait()
        name, mutant = running.pop(pid)
        noticed = NOTICED if status else SURVIVED
        self.tally.setdefault(name, Counter())[noticed] += 1
        if noticed == SURVIVED:
            self.survivors.append(f"{name}.{mutant}")
            print(f"\nsurvived, line {mutant.line}: {name}.{mutant}", file=sys.__stderr__)


def _answer(session: pytest.Session, name: str) -> int:
    """Run the tests until one fails, those of the module itself first."""
    signal.signal(signal.SIGALRM, lambda *_: os._exit(NOTICED))
    signal.alarm(SECONDS)
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(null, stream)
    items = sorted(session.items, key=lambda item: f"test_{name}.py" not in item.nodeid)
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return NOTICED
    return SURVIVED


def _function(module: ModuleType, qualified: str) -> FunctionType:
    """Return the function that a class or a property holds, not a copy of it."""
    found: Any = module
    for part in qualified.split("."):
        found = inspect.getattr_static(found, part)
    found = getattr(found, "fget", found)
    found = getattr(found, "__func__", found)
    unwrapped = inspect.unwrap(found)
    assert isinstance(unwrapped, FunctionType)
    return unwrapped


def main(modules: list[str]) -> int:
    """Try every mutant and print the tally; 1 if an unexplained one survives."""
    plugin = Mutate(modules or list(ENGINE))
    arguments = ["-q", "--timeout", "0", "--no-header", "tests/domain/rules"]
    if pytest.main(arguments, plugins=[plugin]):
        return 1
    explained = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    known = {each["mutant"] for each in explained}
    unexplained = [each for each in plugin.survivors if each not in known]
    for name, tally in plugin.tally.items():
        print(f"{name}: {tally[NOTICED]} noticed, {tally[SURVIVED]} survived")  # noqa: T201 - a report
    for each in unexplained:
        print(f"not explained: {each}")  # noqa: T201 - a report
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
