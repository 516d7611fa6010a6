"""A word in the corridor: what one peer leaves for the others between meetings.

It is no event. What peers tell each other is nobody's evidence, so it lies outside the record and
fades; see ``docs/decisions/0020-a-word-fades.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

FADES_AFTER: Final = timedelta(days=14)
LONGEST_WORD: Final = 2_000  # characters
MOST_STANDING: Final = 60  # words of one peer in one corridor; about four a day until they fade


class Gone(StrEnum):
    """Why the text of a word is gone before it faded."""

    TAKEN_BACK = "taken_back"  # by its author, or since one it was between left the group
    REMOVED = "removed"  # by the facilitator


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one peer left for the others.

    Attributes:
        word_id: made from the form that it came with, so that a form sent twice leaves one word.
        group_id: in whose corridor it stands.
        author_id: who wrote it.
        only_for: who alone reads it beside its author; ``None`` for the whole group.
        just_listen: whether its author asks for no advice.
        written_at: when, UTC.
        text: plain text; empty once it is gone.
        gone: why it is, if it is.
    """

    word_id: UUID
    group_id: UUID
    author_id: UUID
    only_for: UUID | None
    just_listen: bool
    written_at: datetime
    text: str = field(repr=False)  # in no log, whoever prints a word
    gone: Gone | None = None

    @property
    def fades_at(self) -> datetime:
        """When it is there no more."""
        return self.written_at + FADES_AFTER


class WordShelf(Protocol):
    """Where words lie: sealed under their authors' keys, and deleted once they fade."""

    async def put(self, word: Word) -> bool:
        """Keep a word; the first one under an id stays. ``False`` for forgotten authors."""
        ...

    async def find(self, word_id: UUID) -> Word | None:
        """Return a word, also one whose text is gone, while its time lasts."""
        ...

    async def of_group(self, group_id: UUID, *, at: datetime) -> Sequence[Word]:
        """Return what stands in a group's corridor and has not faded by *at*, oldest first."""
        ...

    async def of_author(self, author_id: UUID, *, at: datetime) -> Sequence[Word]:
        """Return what somebody wrote, still stands and has not faded by *at*, oldest first."""
        ...

    async def of_member(self, group_id: UUID, member_id: UUID) -> Sequence[Word]:
        """Return what somebody wrote in a group, or alone reads there, and still stands."""
        ...

    async def take_away(self, word: Word, gone: Gone) -> None:
        """Delete the text of a word before its time; one that is gone already stays so."""
        ...
