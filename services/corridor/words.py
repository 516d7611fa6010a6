"""Reading the corridor of a group, leaving a word, taking one away.

Words lie outside the record, so none of this is a command of the dispatcher: an outcome would stay
where no word may. What decides is read from the streams all the same, never from a view that lags.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from domain.corridor.rules import (
    ReaderNotThere,
    WordGone,
    open_readers,
    parted,
    reads,
    require_author,
    require_belonging,
    require_facilitator,
    require_open,
    require_room,
    require_words,
)
from domain.corridor.word import Gone, Word
from domain.groups.group import PeerGroup
from domain.members.member import MemberForgotten
from services.access.reading import access_to
from services.dispatch import Work
from services.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveWord:
    """Leave a word in a group's corridor.

    Attributes:
        word_id: made from the form, so that it is left once.
        group_id: in whose corridor.
        author_id: who writes.
        to: who alone is to read it; ``None`` for the whole group.
        just_listen: whether no advice is asked for.
        text: plain text.
    """

    word_id: UUID
    group_id: UUID
    author_id: UUID
    to: UUID | None
    just_listen: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A group's corridor to one of its members.

    Attributes:
        words: what they read, oldest first.
        readers: for whom they may leave a word; ``None`` is the whole group.
        facilitator_id: who may remove a word today.
        now: the moment.
    """

    words: Sequence[Word]
    readers: Sequence[UUID | None]
    facilitator_id: UUID
    now: datetime

    @property
    def may_write_to_all(self) -> bool:
        """Whether the whole group can be written to."""
        return None in self.readers


async def look_into(house: House, group_id: UUID, reader_id: UUID) -> Corridor:
    """Return a group's corridor as one of its members sees it.

    Raises:
        NotFound: there is no such group.
        CorridorOfPeers: they do not belong to it today.
    """
    group = await _group(house, group_id, reader_id)
    return await _seen_by(house, group, reader_id)


async def leave_word(house: House, said: LeaveWord) -> None:
    """Leave a word; the same one again is there once, even if it was taken away meanwhile.

    Raises:
        NotFound: there is no such group.
        CorridorOfPeers: the author does not belong to it today.
        InvalidFields: the text cannot stand there.
        AccessNeeded: writing to the whole group is not open to them.
        ReaderNotThere: nobody writes to this person alone.
        EnoughWords: so many of theirs stand there already.
        MemberForgotten: nothing is kept of a forgotten person.
    """
    group = await _group(house, said.group_id, said.author_id)
    if await house.corridor.find(said.word_id) is not None:
        return
    require_words(said.text)
    corridor = await _seen_by(house, group, said.author_id)
    require_open(said.to, corridor.readers)
    own = [word for word in corridor.words if word.author_id == said.author_id]
    require_room(own, group.zone)
    word = Word(
        word_id=said.word_id,
        group_id=said.group_id,
        author_id=said.author_id,
        only_for=said.to,
        just_listen=said.just_listen,
        written_at=corridor.now,
        text=said.text,
    )
    if not await house.corridor.put(word):
        raise MemberForgotten("You are not registered here any more.")
    await _require_together(house, word)


async def take_back(house: House, group_id: UUID, word_id: UUID, *, by: UUID) -> None:
    """Delete one's own word; twice is once.

    Raises:
        NotFound: there is no such group, or no such word to this person.
        CorridorOfPeers: they do not belong to it today.
        NotYourWord: somebody else wrote it.
    """
    group = await _group(house, group_id, by)
    word = await _word(house, group, word_id, by)
    require_author(word, by)
    await house.corridor.take_away(word, Gone.TAKEN_BACK)


async def remove(house: House, group_id: UUID, word_id: UUID, *, by: UUID) -> None:
    """Delete the text of a word as the facilitator; that one was removed is seen until it fades.

    Raises:
        NotFound: there is no such group, or no such word to this person.
        CorridorOfPeers: they do not belong to it today.
        GroupFacilitatorOnly: somebody else asks.
    """
    group = await _group(house, group_id, by)
    require_facilitator(group, by)
    word = await _word(house, group, word_id, by)
    await house.corridor.take_away(word, Gone.REMOVED)


async def own_words(house: House, author_id: UUID) -> list[dict[str, object]]:
    """Return what somebody's own words say, plain, for a file with everything kept about them."""
    kept = await house.corridor.of_author(author_id, at=house.clock.now())
    return [
        {
            "group_id": word.group_id,
            "written_at": word.written_at,
            "fades_at": word.fades_at,
            "for_one_reader": word.only_for is not None,
            "just_listen": word.just_listen,
            "text": word.text,
        }
        for word in kept
    ]


async def _group(house: House, group_id: UUID, person_id: UUID) -> PeerGroup:
    group = await _reading(house, person_id).load(PeerGroup, group_id)
    require_belonging(group, person_id)
    return group


async def _require_together(house: House, word: Word) -> None:
    """Take a word away that came just after somebody it is between had left.

    Whoever takes the words of a leaving person away may have looked before this one was there.

    Raises:
        CorridorOfPeers: its author left.
        ReaderNotThere: its one reader left.
    """
    group = await _reading(house, word.author_id).load(PeerGroup, word.group_id)
    if parted(word, group):
        await house.corridor.take_away(word, Gone.TAKEN_BACK)
        require_belonging(group, word.author_id)
        raise ReaderNotThere


async def _seen_by(house: House, group: PeerGroup, reader_id: UUID) -> Corridor:
    now = house.clock.now()
    standing = await house.corridor.of_group(group.id, at=now)
    words = [word for word in standing if reads(word, reader_id, group, now)]
    access = await access_to(takes_dues=house.takes_dues)(_reading(house, reader_id), reader_id)
    alone = (word.author_id for word in words if word.only_for == reader_id)
    readers = open_readers(group, reader_id, access, now, wrote_to_them=alone)
    return Corridor(words=words, readers=readers, facilitator_id=group.facilitator_id, now=now)


async def _word(house: House, group: PeerGroup, word_id: UUID, person_id: UUID) -> Word:
    """Return a word that the person reads, or one of theirs that is gone already."""
    word = await house.corridor.find(word_id)
    if word is None or word.group_id != group.id:
        raise WordGone
    own = word.author_id == person_id
    if not (own or reads(word, person_id, group, house.clock.now())):
        raise WordGone
    return word


def _reading(house: House, person_id: UUID) -> Work:
    """Return where streams are read; nothing is ever saved in it."""
    return Work(house.store, uuid5(person_id, "corridor"))
