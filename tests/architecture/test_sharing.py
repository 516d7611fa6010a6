"""What `make test` hands to one process together is what belongs together, and nothing else."""

from __future__ import annotations

import pytest

from tests.support.repository import texts
from tests.support.sharing import ON_A_TOLD_DEMO, ByWhatIsShared
from tests.support.terminal import Terminal


def test_the_files_on_a_told_demo_are_those_that_ask_for_its_terminal() -> None:
    asked = f"terminal: {Terminal.__name__}"
    asking = {path for path, text in texts(".py") if asked in text}
    assert asking == ON_A_TOLD_DEMO


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("tests/a/test_lamps.py::test_on", "tests/a/test_lamps.py::test_off[::]", True),
        ("tests/a/test_lamps.py::test_on", "tests/b/test_lamps.py::test_on", False),
        (*(f"{file}::test_it" for file in sorted(ON_A_TOLD_DEMO)[:2]), True),
        (f"{min(ON_A_TOLD_DEMO)}::test_it", "tests/a/test_lamps.py::test_on", False),
    ],
)
def test_a_process_is_given_whole_files(one: str, other: str, *, together: bool) -> None:
    scope_of = ByWhatIsShared.__new__(ByWhatIsShared)._split_scope  # it needs no run
    assert (scope_of(one) == scope_of(other)) is together
