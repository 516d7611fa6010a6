"""``python -m tests.mutation [MODULE[.FUNCTION]…]``: make the credit engine wrong, place by place.

The tests are collected once; every mutant gets a process of its own, forked from there, in which
one function's code is replaced and the tests that call it run until one fails. Two processes at
most. A busy machine makes no mutant look noticed: no test has a deadline, and what hangs is told by
the processor's time it takes.
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
from time import monotonic
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any, Final

import pytest

from tests.mutation.mutants import Mutant, mutants_of

_HERE: Final = Path("domain/rules")
ENGINE: Final = tuple(sorted(each.stem for each in _HERE.glob("*.py") if each.stem != "__init__"))
AT_ONCE: Final = 2
SECONDS: Final = 20  # of the processor, for one test; a mutant that hangs is noticed
SURVIVED, NOTICED, HANGS = 0, 1, 2
_PLACE: Final = f"{_HERE}{os.sep}"
EXPLAINED: Final = Path(__file__).with_name("survivors.toml")


class Mutate:
    """A plugin that runs the collected tests once for each mutant instead of once."""

    def __init__(self, modules: list[str]) -> None:
        self.modules = modules
        self.survivors: list[str] = []
        self.callers: dict[str, list[tuple[float, pytest.Item]]] = {}
        self.tally: dict[str, Counter[int]] = {}

    def pytest_configure(self) -> None:
        from hypothesis import HealthCheck, Phase, settings  # not before its own plugin for pytest

        settings.register_profile(
            "mutation",
            phases=[Phase.explicit, Phase.generate],  # any counterexample will do, large or small
            derandomize=True,  # the same mutants survive every time
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            report_multiple_bugs=False,
        )
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._listen(session)
        self._control(session)
        running: dict[int, tuple[str, Mutant]] = {}
        for name, module, mutant in self._mutants():
            if len(running) == AT_ONCE:
                self._wait(running)
            function = _function(module, mutant.function)
            callers = self.callers.get(f"{name}.{function.__name__}", [])
            items = [item for _, item in sorted(callers, key=lambda each: each[0])]
            pid = self._fork(session, items or session.items, (function, mutant.code))
            running[pid] = name, mutant
        while running:
            self._wait(running)
        return True

    def _listen(self, session: pytest.Session) -> None:
        """Run every test once and remember which functions of the engine it calls."""
        called: set[str] = set()

        def listen(frame: FrameType, event: str, argument: object) -> None:
            if event == "call" and _PLACE in frame.f_code.co_filename:
                called.add(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")

        for item, following in zip(session.items, [*session.items[1:], None], strict=True):
            called.clear()
            _forget()
            began = monotonic()
            sys.setprofile(listen)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            sys.setprofile(None)
            for function in called:
                self.callers.setdefault(function, []).append((monotonic() - began, item))
        if session.testsfailed:
            raise session.Failed("The tests fail without any mutant.")

    def _control(self, session: pytest.Session) -> None:
        """Run every test as for a mutant, with nothing made wrong: what fails then notices nothing.

        Without it a test that fails only for being run again would count for every mutant.
        """
        untouched = self._fork(session, session.items, None)
        _, status = os.waitpid(untouched, 0)
        if os.waitstatus_to_exitcode(status) != SURVIVED:
            raise session.Failed("The tests fail when they are run again with nothing made wrong.")

    def _mutants(self) -> Iterator[tuple[str, ModuleType, Mutant]]:
        for each in self.modules:
            name, _, function = each.partition(".")
            module = import_module(f"domain.rules.{name}")
            path = Path(inspect.getfile(module))
            for mutant in mutants_of(path.read_text(encoding="utf-8"), str(path)):
                if function in {"", mutant.function}:
                    yield name, module, mutant

    def _fork(
        self,
        session: pytest.Session,
        items: list[pytest.Item],
        wrong: tuple[FunctionType, CodeType] | None,
    ) -> int:
        """Start a process with one function made wrong, or none; it exits with what tests say."""
        pid = os.fork()
        if pid == 0:
            answer = NOTICED
            try:
                if wrong:
                    wrong[0].__code__ = wrong[1]
                _forget()
                answer = _answer(session, items)
            finally:
                os._exit(answer)
        return pid

    def _wait(self, running: dict[int, tuple[str, Mutant]]) -> None:
        pid, status = os.wait()
        name, mutant = running.pop(pid)
        answer = os.waitstatus_to_exitcode(status)
        self.tally.setdefault(name, Counter())[answer if answer >= 0 else HANGS] += 1
        if answer == SURVIVED:
            self.survivors.append(f"{name}.{mutant}")
            print(f"\nsurvived, line {mutant.line}: {name}.{mutant}", file=sys.__stderr__)


def _answer(session: pytest.Session, items: list[pytest.Item]) -> int:
    """Run tests until one fails."""
    signal.signal(signal.SIGPROF, lambda *_: os._exit(HANGS))
    session.config.pluginmanager.unregister(name="terminalreporter")
    for item in items:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return NOTICED
    return SURVIVED


def _forget() -> None:
    """Empty what the engine has cached, so that a function that is called once is called again."""
    for name in ENGINE:
        for each in vars(import_module(f"domain.rules.{name}")).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


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
    arguments = ["-q", "--timeout", "0", "--assert", "plain", "tests/domain/rules"]
    if pytest.main(arguments, plugins=[plugin]):
        return 1
    explained = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    known = {each["mutant"] for each in explained}
    unexplained = [each for each in plugin.survivors if each not in known]
    for name, tally in plugin.tally.items():
        noticed = f"{tally[NOTICED] + tally[HANGS]} noticed ({tally[HANGS]} of them hang)"
        print(f"{name}: {noticed}, {tally[SURVIVED]} survived")  # noqa: T201 - a report
    for each in unexplained:
        print(f"not explained: {each}")  # noqa: T201 - a report
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
