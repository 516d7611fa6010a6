"""How `make test` shares the tests among processes."""

from __future__ import annotations

from typing import Final

from typing_extensions import override
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # it has no types

# Each of them works on its own copy of one told demo, which is told once in a process.
ON_A_TOLD_DEMO: Final = frozenset(
    {
        "tests/services/claims/test_claims_cli.py",
        "tests/services/rules/test_rules_cli.py",
        "tests/services/test_cli.py",
    }
)


class ByWhatIsShared(LoadFileScheduling):  # type: ignore[misc]  # as above
    """Gives a process whole files, and files that share what is long in the making together."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "a told demo" if file in ON_A_TOLD_DEMO else file
