"""Joinings and leavings, in any order, folded into stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from infra.attendance_files import questions
from infra.attendance_files.model import Doubt, Moment, Sighting, Who
from infra.attendance_files.rowfacts import label

_Found = tuple[Sighting, int]
_Message = tuple[Moment, int]


def pair(moments: Mapping[Moment, int], doubts: set[Doubt]) -> Iterator[_Found]:
    """Yield the stays that joinings and leavings show.

    On one connection a joining ends with the next leaving. A joining that is followed by another
    joining or by nothing stays open, and a leaving without a joining has no beginning: both are
    asked about and count for no time.

    Args:
        moments: each joining and leaving with the line that says it, in any order.
        doubts: collects what stays open.
    """
    connections: dict[str, list[_Message]] = {}
    for moment, line in moments.items():
        connections.setdefault(moment.connection, []).append((moment, line))
    for messages in connections.values():
        unplaced = [found for found in messages if found[0].at is None]
        yield from (_without_end(*found) for found in unplaced)
        yield from _fold([found for found in messages if found[0].at is not None], doubts)


def _fold(messages: list[_Message], doubts: set[Doubt]) -> Iterator[_Found]:
    open_: _Message | None = None
    for both in _by_time(messages):
        # Leaving and joining within one second: whoever is in the room dropped and returned,
        # whoever is not just looked in.
        for joined in (False, True) if open_ else (True, False):
            message = both.get(joined)
            if message is None:
                continue
            if joined:
                if open_:
                    yield _asked(open_, questions.OPEN_STAY, doubts)
                open_ = message
            elif open_:
                yield _closed(open_, message)
                open_ = None
            else:
                yield _asked(message, questions.LEAVE_WITHOUT_JOIN, doubts)
    if open_:
        yield _asked(open_, questions.OPEN_STAY, doubts)


def _by_time(messages: list[_Message]) -> Iterator[dict[bool, _Message]]:
    """Yield, in order of time, the joining and the leaving of each instant; repeats are one."""
    found: dict[datetime, dict[bool, _Message]] = {}
    for moment, line in sorted(messages, key=lambda message: _names(message[0].who)):
        assert moment.at is not None  # the caller sorts out the others
        both = found.setdefault(moment.at, {})
        known = both.get(moment.joined)
        if known is not None:  # a repeat that names the person differently
            moment = replace(moment, who=_both(known[0].who, moment.who))  # noqa: PLW2901 - joined
            line = min(known[1], line)  # noqa: PLW2901 - the first line that says it
        both[moment.joined] = (moment, line)
    return (found[at] for at in sorted(found))


def _names(who: Who) -> tuple[object, ...]:
    return (who.names, who.emails, who.bot)


def _both(one: Who, other: Who) -> Who:
    return Who(
        names=tuple(dict.fromkeys(one.names + other.names)),
        emails=tuple(dict.fromkeys(one.emails + other.emails)),
        bot=one.bot or other.bot,
    )


def _closed(joining: _Message, leaving: _Message) -> _Found:
    who = _both(joining[0].who, leaving[0].who)
    return Sighting(who, joining[0].at, leaving[0].at), min(joining[1], leaving[1])


def _asked(found: _Message, code: str, doubts: set[Doubt]) -> _Found:
    doubts.add(Doubt(code, label(found[0].who)))
    return _without_end(*found)


def _without_end(moment: Moment, line: int) -> _Found:
    said = moment.said or (moment.at.isoformat() if moment.at else "")
    return Sighting(moment.who, said=(said, "") if moment.joined else ("", said)), line
