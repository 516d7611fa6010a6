"""Commands that may have been stored although nobody heard so.

A connection may break while the server still commits. The same command, sent again, may then be
refused by a rule that looks at the clock, and land all the same a moment later. So a refusal of a
command in doubt is told only after the store's barrier
(:meth:`domain.recording.EventStore.refuse`).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final
from uuid import UUID

_MOST: Final = 10_000  # commands; the oldest are forgotten first


class Doubts:
    """The commands in doubt of one process.

    Another process does not know of them. Whoever comes back there with the same id has waited out
    the first process's patience, which is longer than a server takes to end a lost session's work.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[UUID, None] = OrderedDict()

    def __contains__(self, command_id: UUID) -> bool:
        """Tell whether an earlier try may stand or still land."""
        return command_id in self._ids

    def add(self, command_id: UUID) -> None:
        """Remember that nobody heard how a try ended."""
        self._ids[command_id] = None
        if len(self._ids) > _MOST:
            self._ids.popitem(last=False)

    def discard(self, command_id: UUID) -> None:
        """Forget a command whose outcome is known."""
        self._ids.pop(command_id, None)
