"""Zoom's webhook stream: one JSON message a line, in any order, some repeated, some late.

Each message carries the instant of joining or leaving, so neither order nor zone matters.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

import msgspec

from infra.attendance_files.errors import BadRow, CutShort, NotAReport
from infra.attendance_files.model import Facts, Meeting, Moment, Who
from infra.attendance_files.names import clean, read_who
from infra.attendance_files.stamps import Stamp, read_stamp
from infra.attendance_files.table import Asked
from infra.attendance_files.text import MAX_CELL, ends_open

_SUBJECTS: Final = ("meeting", "webinar")
_JOINED: Final = frozenset(f"{subject}.participant_joined" for subject in _SUBJECTS)
_LEFT: Final = frozenset(f"{subject}.participant_left" for subject in _SUBJECTS)
_STARTED: Final = frozenset(f"{subject}.started" for subject in _SUBJECTS)
_ENDED: Final = frozenset(f"{subject}.ended" for subject in _SUBJECTS)
_ID_BITS: Final = 64  # no id is longer, and endless numbers cannot be written out
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_MS: Final = range(631_152_000_000, 7_258_118_400_000)  # 1990 to 2199, as in stamps


def read_webhook(text: str, asked: Asked) -> Facts:
    """Read joining and leaving from a stream of messages; other kinds of message are passed over.

    Raises:
        NotAReport: no message tells of anybody joining or leaving.
        BadRow: a line that is no message, or a message without its time.
        CutShort: the file ends within a message.
    """
    stream = _Stream(asked.name)
    lines = [line.strip() for line in io.StringIO(text, newline="")]
    for number, line in enumerate(lines, start=1):
        if line:
            stream.read(line, number, cut=number == len(lines) and ends_open(text))
    if not stream.moments:
        raise NotAReport(asked.name, "no message in it tells of anybody joining or leaving.")
    return Facts(
        formats=frozenset({"zoom_webhook"}),
        zones=frozenset({"UTC"}),
        meetings=frozenset(stream.meetings),
        moments=stream.moments,
        scheduled=asked.scheduled,
    )


@dataclass(slots=True)
class _Stream:
    """Collects what the messages say."""

    file: str
    moments: dict[Moment, int] = field(default_factory=dict)
    meetings: set[Meeting] = field(default_factory=set)

    def read(self, line: str, number: int, *, cut: bool) -> None:
        """Read one line; *cut* when the file may end within it."""
        try:
            message = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError, ValueError):
            if cut:
                raise CutShort(self.file, "the file ends within this line.", line=number) from None
            raise BadRow(self.file, "this line is no JSON message.", line=number) from None
        if not isinstance(message, dict):
            self._refuse("this line is no message with an event.", number)
        self._take(message, number)

    def _take(self, message: dict[str, Any], number: int) -> None:
        event = message.get("event")
        if not isinstance(event, str):
            self._refuse("this message does not say which event it is.", number)
        if event not in _JOINED | _LEFT | _STARTED | _ENDED:
            return
        meeting = _part(_part(message, "payload"), "object")
        if not meeting:
            self._refuse("this message does not say which meeting it is about.", number)
        self.meetings.add(self._meeting(event, meeting, number))
        if event in _JOINED | _LEFT:
            moment = self._moment(message, meeting, number, joined=event in _JOINED)
            self.moments.setdefault(moment, number)

    def _meeting(self, event: str, meeting: dict[str, Any], number: int) -> Meeting:
        ends = self._instant(meeting, "end_time", number) if event in _ENDED else None
        return Meeting(
            topic=self._text(meeting, "topic", number) or None,
            meeting_id=self._text(meeting, "id", number).replace(" ", "") or None,
            starts_at=self._instant(meeting, "start_time", number),
            ends_at=ends,
        )

    def _moment(
        self, message: dict[str, Any], meeting: dict[str, Any], number: int, *, joined: bool
    ) -> Moment:
        person = _part(meeting, "participant")
        if not person:
            self._refuse("this message does not say who it is about.", number)
        at = self._instant(person, "join_time" if joined else "leave_time", number)
        at = at or _from_epoch(message.get("event_ts"))
        if at is None:
            self._refuse("this message does not say when it happened.", number)
        name = self._text(person, "user_name", number) or self._text(person, "phone_number", number)
        who = read_who(name, self._text(person, "email", number))
        where = self._text(meeting, "uuid", number) or self._text(meeting, "id", number)
        return Moment(who, f"{where}/{self._device(person, who, number)}", joined, at)

    def _device(self, person: dict[str, Any], who: Who, number: int) -> str:
        """Return what joining and leaving of one device share."""
        keys = (self._text(person, key, number) for key in ("user_id", "participant_uuid", "id"))
        return next((key for key in keys if key), "/".join(who.emails or who.names))

    def _instant(self, part: dict[str, Any], key: str, number: int) -> datetime | None:
        text = self._text(part, key, number)
        if not text:
            return None
        stamp = read_stamp(text)
        if stamp is None or stamp.offset is None or stamp.day is None:
            self._refuse("a time in this message is no instant in UTC.", number)
        return _exact(stamp)

    def _text(self, part: dict[str, Any], key: str, number: int) -> str:
        """Return a text or a whole number as text; nothing where the message has neither."""
        value = part.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if value.bit_length() <= _ID_BITS else ""
        if not isinstance(value, str):
            return ""
        if len(value) > MAX_CELL:
            self._refuse("a value is longer than any message writes.", number)
        return clean(value)

    def _refuse(self, reason: str, number: int) -> NoReturn:
        raise BadRow(self.file, reason, line=number)


def _part(value: dict[str, Any], key: str) -> dict[str, Any]:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _exact(stamp: Stamp) -> datetime:
    assert stamp.day is not None  # checked by the caller
    assert stamp.time is not None  # an offset comes with a time
    assert stamp.offset is not None  # checked by the caller
    return (datetime.combine(stamp.day, stamp.time) - stamp.offset).replace(tzinfo=UTC)


def _from_epoch(value: object) -> datetime | None:
    """Read Zoom's ``event_ts``, milliseconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in _EPOCH_MS:
        return None
    return _EPOCH + timedelta(seconds=value // 1000)
