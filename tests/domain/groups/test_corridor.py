"""Who reads a word between meetings, for whom somebody may leave one, and who takes it away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.access.table import AccessState
from domain.access.union import Access, AccessNeeded, Grant, GrantKind
from domain.corridor.rules import (
    CorridorOfPeers,
    EnoughWords,
    NotYourWord,
    ReaderNotThere,
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
from domain.corridor.word import FADES_AFTER, LONGEST_WORD, MOST_STANDING, Gone, Word
from domain.errors import InvalidFields
from domain.groups.group import GroupFacilitatorOnly, PeerGroup
from domain.values import EARLIEST
from tests.support.builders import ANA, BO, CHIDI, EVE, JOY, a_group, about, at

NOW = at(100)
WHOLE = {AccessState.FULL, AccessState.GRACE, AccessState.NARROWED, AccessState.ON_LEAVE}


def group(**changes: Any) -> PeerGroup:
    """Joy's group, to which Ana and Bo belong."""
    formed = a_group(**changes)
    for each in (ANA, BO):
        formed.admit(each, by=JOY, at=at(10))
    return formed


def a_word(**changes: Any) -> Word:
    values: dict[str, Any] = {
        "word_id": uuid4(),
        "group_id": uuid4(),
        "author_id": ANA,
        "only_for": None,
        "just_listen": False,
        "written_at": at(50),
        "text": "A long week.",
    }
    return Word(**values | changes)


def access(state: AccessState) -> Access:
    return Access((Grant(GrantKind.MEMBERSHIP, ((EARLIEST, state),)),))


def readers(word: Word, of: PeerGroup) -> set[UUID]:
    return {each for each in (JOY, ANA, BO, CHIDI, EVE) if reads(word, each, of, NOW)}


def test_a_word_is_for_everybody_who_belongs() -> None:
    assert readers(a_word(), group()) == {JOY, ANA, BO}


def test_a_word_for_one_is_read_by_them_and_its_author() -> None:
    assert readers(a_word(only_for=JOY), group()) == {JOY, ANA}


def test_what_was_written_to_a_facilitator_is_not_for_the_next_one() -> None:
    handed_on = group()
    handed_on.name_facilitator(BO, by=JOY, at=at(60))
    assert readers(a_word(only_for=JOY), handed_on) == {JOY, ANA}


def test_whoever_left_reads_nothing_not_even_their_own_and_leaves_nothing_to_read() -> None:
    left = group()
    left.leave(ANA, at=at(60))
    assert readers(a_word(author_id=ANA), left) == set()
    assert readers(a_word(author_id=BO), left) == {JOY, BO}


def test_whoever_was_removed_reads_nothing() -> None:
    without = group()
    without.remove(ANA, reason=about(ANA, "We talked."), by=JOY, at=at(60))
    assert readers(a_word(author_id=BO), without) == {JOY, BO}
    with pytest.raises(CorridorOfPeers):
        require_belonging(without, ANA)


def test_whoever_comes_later_or_comes_back_does_not_read_what_was_said_before() -> None:
    later = group(size_max=6)
    later.leave(BO, at=at(60))
    for each in (BO, CHIDI):
        later.admit(each, by=JOY, at=at(70))
    assert readers(a_word(author_id=ANA), later) == {JOY, ANA}
    assert readers(a_word(author_id=BO), later) == set()  # not even to him, as if others read it
    assert readers(a_word(author_id=ANA, written_at=at(70)), later) == {JOY, ANA, BO, CHIDI}


def test_a_word_fades_for_everybody_at_once() -> None:
    word, of = a_word(), group()
    assert word.fades_at - word.written_at == FADES_AFTER == timedelta(days=14)
    last = word.fades_at - timedelta(microseconds=1)
    assert (reads(word, ANA, of, last), reads(word, BO, of, last)) == (True, True)
    assert (reads(word, ANA, of, word.fades_at), reads(word, BO, of, word.fades_at)) == (
        False,
        False,
    )


def test_what_was_taken_back_is_nobodys_and_what_was_removed_is_seen_as_removed() -> None:
    assert readers(a_word(text="", gone=Gone.TAKEN_BACK), group()) == set()
    assert readers(a_word(text="", gone=Gone.REMOVED), group()) == {JOY, ANA, BO}


def test_a_word_prints_without_its_text() -> None:
    assert "long week" not in repr(a_word())


@pytest.mark.parametrize("state", AccessState)
def test_for_whom_somebody_writes_is_as_the_table_says(state: AccessState) -> None:
    expected = [None, JOY] if state in WHOLE else [JOY]
    assert open_readers(group(), ANA, access(state), NOW) == expected


@pytest.mark.parametrize("state", AccessState)
def test_a_facilitator_does_not_write_to_themselves(state: AccessState) -> None:
    expected = [None] if state in WHOLE else []
    assert open_readers(group(), JOY, access(state), NOW) == expected


def test_whoever_was_written_to_alone_may_answer_alone() -> None:
    of, full, lapsed = group(), access(AccessState.FULL), access(AccessState.LAPSED)
    wrote = (BO, EVE, BO)  # Eve belongs no more
    assert open_readers(of, JOY, full, NOW, wrote_to_them=wrote) == [None, BO]
    assert open_readers(of, ANA, full, NOW, wrote_to_them=(BO, JOY)) == [None, JOY, BO]
    assert open_readers(of, ANA, lapsed, NOW, wrote_to_them=wrote) == [JOY, BO]
    assert open_readers(of, JOY, lapsed, NOW, wrote_to_them=wrote) == [BO]  # who leads, and lapsed


def test_a_refusal_speaks_to_the_writer_and_names_no_reason() -> None:
    require_open(None, [None, JOY])
    require_open(JOY, [JOY])
    with pytest.raises(AccessNeeded, match="you see why") as refused:
        require_open(None, [JOY])
    assert refused.value.facts == {"action": "write_to_peers"}
    with pytest.raises(ReaderNotThere):
        require_open(EVE, [None, JOY])


def test_one_peer_leaves_room_for_the_others_and_reads_when_theirs_fades() -> None:
    words = [a_word(written_at=at(50 + number)) for number in range(MOST_STANDING)]
    require_room(words[1:], "Europe/Berlin")
    for gone in Gone:
        require_room([*words[1:], a_word(text="", gone=gone)], "Europe/Berlin")
    with pytest.raises(EnoughWords, match=r"oldest fades at 19:50 on 2026-03-16 \(Europe/Berlin"):
        require_room(reversed(words), "Europe/Berlin")


@pytest.mark.parametrize("leaver", [ANA, JOY])
def test_a_word_is_parted_once_either_it_is_between_has_left_also_when_they_are_back(
    leaver: UUID,
) -> None:
    of, alone = group(), a_word(only_for=JOY)
    of.name_facilitator(BO, by=JOY, at=at(55))
    assert not parted(alone, of)
    of.leave(leaver, at=at(60))
    assert parted(alone, of)
    assert parted(a_word(), of) == (leaver == ANA)
    of.admit(leaver, by=BO, at=at(70))
    assert parted(alone, of)
    assert not parted(a_word(only_for=JOY, written_at=at(70)), of)


def test_only_its_author_takes_a_word_back() -> None:
    require_author(a_word(), ANA)
    with pytest.raises(NotYourWord):
        require_author(a_word(), JOY)


def test_only_the_facilitator_of_today_removes() -> None:
    of = group()
    require_facilitator(of, JOY)
    of.name_facilitator(BO, by=JOY, at=at(60))
    with pytest.raises(GroupFacilitatorOnly):
        require_facilitator(of, JOY)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(" \n ", id="blank"),
        pytest.param("x" * (LONGEST_WORD + 1), id="too long"),
        pytest.param("a\0b", id="unshowable"),
        pytest.param("\ud800", id="half a character"),
    ],
)
def test_what_cannot_stand_there_is_refused(text: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        require_words(text)
    assert set(refused.value.fields) == {"text"}


@pytest.mark.parametrize("fill", [str.upper, lambda text: "🪔" * (LONGEST_WORD - len(text)) + text])
def test_what_people_write_may_stand_there(fill: Callable[[str], str]) -> None:
    require_words(fill("<b>not bold</b>\n\tأهلا"))
