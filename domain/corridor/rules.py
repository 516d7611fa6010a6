"""Who reads a word, who may write to whom, and who takes a word away.

A word is for those who belonged to the group when it was written, and still do; it is never shown
to somebody who came later, and whoever leaves takes theirs along. Who may write stands in the table
of access, row "write to peers" (the design of membership, section 7.6).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.access.table import Action, Answer
from domain.access.union import Access, AccessNeeded
from domain.corridor.word import LONGEST_WORD, MOST_STANDING, Gone, Word
from domain.errors import DomainError, InvalidFields, NotAllowed, NotFound
from domain.fields import require_texts
from domain.groups.group import GroupFacilitatorOnly, PeerGroup
from domain.values import local_text

_WHOLE_GROUP: Final = frozenset({Answer.YES, Answer.OWN_GROUPS})


class CorridorOfPeers(NotAllowed):
    """Whoever does not belong to a group reads and writes nothing in its corridor."""

    code = "corridor.members_only"

    def __init__(self) -> None:
        super().__init__("What peers write to each other between meetings is for them alone.")


class WordGone(NotFound):
    """There is no such word any more, or it is for somebody else."""

    code = "corridor.word_gone"

    def __init__(self) -> None:
        super().__init__("This word is not there any more.")


class NotYourWord(NotAllowed):
    """A word is taken back by whoever wrote it."""

    code = "corridor.not_your_word"

    def __init__(self) -> None:
        super().__init__("Somebody else wrote this; only they can take it back.")


class EnoughWords(DomainError):
    """As many words of one peer stand in a corridor as leave room for everybody else's."""

    code = "corridor.enough_words"

    def __init__(self, fades_at: str) -> None:
        super().__init__(
            f"{MOST_STANDING} of your words stand here, which is as many as one peer leaves at a "
            f"time. Take an older one back, or come again: your oldest fades at {fades_at}."
        )


class ReaderNotThere(DomainError):
    """The one reader that a word was meant for cannot be written to alone."""

    code = "corridor.reader_not_there"

    def __init__(self) -> None:
        super().__init__("Choose again who reads it: something changed meanwhile.")


def require_belonging(group: PeerGroup, person_id: UUID) -> None:
    """Leave the corridor to those who belong today.

    Raises:
        CorridorOfPeers: the person does not.
    """
    if person_id not in group.members():
        raise CorridorOfPeers


def require_words(text: str) -> None:
    """Refuse what cannot stand there.

    Raises:
        InvalidFields: the text is empty, too long, or holds what cannot be shown.
    """
    require_texts(text=text)
    if len(text) > LONGEST_WORD:
        raise InvalidFields(text=f"Use at most {LONGEST_WORD} characters.")


def require_room(own: Iterable[Word], zone: str) -> None:
    """Leave room for what the others write: nobody is to fill a corridor alone.

    Args:
        own: what the writer left in it; what is gone already takes no room.
        zone: IANA name of the group's place.

    Raises:
        EnoughWords: as many stand as one peer leaves at a time.
    """
    fading = [word.fades_at for word in own if word.gone is None]
    if len(fading) >= MOST_STANDING:
        raise EnoughWords(local_text(min(fading), zone))


def parted(word: Word, group: PeerGroup) -> bool:
    """Tell whether somebody a word is between has left since, even if they came back.

    Args:
        word: of this group.
        group: as it stands.
    """
    between = {word.author_id, word.only_for or word.author_id}
    return not all(_belongs_since(group, each, word.written_at) for each in between)


def reads(word: Word, reader_id: UUID, group: PeerGroup, at: datetime) -> bool:
    """Tell whether somebody sees a word, or that one was removed.

    Args:
        word: of this group.
        reader_id: who looks.
        group: as it stands.
        at: now.
    """
    if word.gone is Gone.TAKEN_BACK or at >= word.fades_at:
        return False
    if word.only_for is not None and reader_id not in {word.only_for, word.author_id}:
        return False
    return _belongs_since(group, reader_id, word.written_at) and not parted(word, group)


def open_readers(
    group: PeerGroup,
    writer_id: UUID,
    access: Access,
    at: datetime,
    *,
    wrote_to_them: Iterable[UUID] = (),
) -> list[UUID | None]:
    """Return for whom somebody may leave a word, ``None`` being the whole group.

    Everybody may write to the facilitator alone, so that nobody who does shows by it that they
    could do nothing else. Whoever was written to alone may answer in the same way, whatever their
    dues: else their silence would tell of them.

    Args:
        group: as it stands; the writer belongs.
        writer_id: who would write.
        access: theirs.
        at: now.
        wrote_to_them: who left a word for the writer alone.
    """
    answer = access.may(Action.WRITE_TO_PEERS, at)
    whole = answer in _WHOLE_GROUP
    alone = [*([group.facilitator_id] if answer.allows else ()), *wrote_to_them]
    members = group.members()
    others = [each for each in dict.fromkeys(alone) if each in members and each != writer_id]
    return [None, *others] if whole else [*others]


def require_open(to: UUID | None, readers: Iterable[UUID | None]) -> None:
    """Let a word be left for those for whom it may be.

    Args:
        to: who alone is to read it; ``None`` for the whole group.
        readers: as :func:`open_readers` returned them.

    Raises:
        AccessNeeded: writing to the group is not open to the writer; why is theirs to read.
        ReaderNotThere: nobody writes to this person alone.
    """
    if to in set(readers):
        return
    if to is None:
        raise AccessNeeded(
            "Writing to the whole group is not open to you at the moment; on your membership page "
            "you see why. You read what your peers write as before.",
            action=Action.WRITE_TO_PEERS.value,
        )
    raise ReaderNotThere


def require_author(word: Word, person_id: UUID) -> None:
    """Leave taking a word back to its author.

    Raises:
        NotYourWord: somebody else asks.
    """
    if person_id != word.author_id:
        raise NotYourWord


def require_facilitator(group: PeerGroup, person_id: UUID) -> None:
    """Leave removing a word to the facilitator of today; no administrator reads here.

    Raises:
        GroupFacilitatorOnly: somebody else asks.
    """
    if person_id != group.facilitator_id:
        raise GroupFacilitatorOnly("Only the facilitator removes a word; talk with them.")


def _belongs_since(group: PeerGroup, person_id: UUID, at: datetime) -> bool:
    """Tell whether somebody belongs today, without a break since *at* or before."""
    return any(
        each.member_id == person_id and each.until is None and each.since <= at
        for each in group.belongings
    )
