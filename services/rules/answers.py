"""Answers of the credit engine as plain data, for JSON and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final, get_type_hints

import msgspec

from domain import intervals as time
from domain.errors import DomainError
from domain.rules.account import Account, CapState, FloorState, Row
from domain.rules.book import RuleBook
from domain.rules.entries import Entry
from domain.rules.explain import plain
from domain.rules.facts import Attendance
from domain.rules.histories import Answer, History, Judged, LicenceFacts, judge_history
from domain.rules.judge import Judgement
from domain.values import UnknownZone, zone_named
from services.rules import answer_shapes as shapes

_YEARS: Final = range(1990, 2200)  # of a licence, as on the member's own form
_MOST: Final = 1_000_000  # of an amount, as in a pack
_PARTS: Final = 10_000  # of a series, as in a pack's case


class FactsFault(DomainError):
    """A file of facts cannot be read; ``facts`` name the file and the field."""

    code = "rules.facts_fault"


def read_history(data: bytes, where: str) -> History:
    """Read a described history; its shape is ``docs/facts.schema.json``.

    Raises:
        FactsFault: names the file, the field and the reason.
    """
    try:
        history = msgspec.json.decode(data, type=History)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        said, _, path = str(error).partition(" - at `$")
        path = path.strip("`.")
        raise FactsFault(
            f"{where}: {path + ': ' if path else ''}{said}.", where=where, field=path
        ) from None
    except DomainError as refusal:  # a value refused itself: an interval that ends before it begins
        field = _refused_field(msgspec.json.decode(data))
        raise FactsFault(f"{where}: {field}: {refusal.message}", where=where, field=field) from None
    for field, wrong in _impossible(history):
        raise FactsFault(f"{where}: {field}: {wrong}", where=where, field=field)
    return history


def _impossible(history: History) -> Iterator[tuple[str, str]]:
    """Yield the field of every fact that has the right shape and cannot be, and why."""
    for index, attendance in enumerate(history.attendances):
        for name, wrong in _about(attendance):
            yield f"attendances[{index}].{name}", wrong
    for index, entry in enumerate(history.elsewhere):
        for name, wrong in _about_entry(entry):
            yield f"elsewhere[{index}].{name}", wrong
    for index, licence in enumerate(history.licences):
        for name, wrong in _about_licence(licence):
            yield f"licences[{index}].{name}", wrong


def _about_entry(entry: Entry) -> Iterator[tuple[str, str]]:
    if not (entry.amount.is_finite() and entry.amount > 0):
        yield "amount", "Is more than nothing."
    elif entry.amount > _MOST:
        yield "amount", f"Is at most {_MOST}."
    if entry.day.year not in _YEARS:
        yield "day", "No such year."
    if entry.minutes < 0:
        yield "minutes", "Is never negative."


def _about_licence(licence: LicenceFacts) -> Iterator[tuple[str, str]]:
    begins, ends = licence.valid_from, licence.valid_until
    for name, day in (("valid_from", begins), ("valid_until", ends)):
        if day is not None and day.year not in _YEARS:
            yield name, "No such year."
    if begins is not None and ends is not None and ends < begins:
        yield "valid_until", "Lies before valid_from."


def _about(attendance: Attendance) -> Iterator[tuple[str, str]]:
    try:
        zone_named(attendance.zone)
    except UnknownZone as refusal:
        yield "zone", refusal.message
    if time.without(attendance.present, [attendance.scheduled]):
        yield "present", "Lies outside the scheduled time."
    if attendance.evaluated_at is not None and attendance.evaluated_at.utcoffset() is None:
        yield "evaluated_at", "This time does not say its zone; give it in UTC."
    if attendance.instruction_minutes is not None and attendance.instruction_minutes < 0:
        yield "instruction_minutes", "Is never negative."
    series = attendance.series
    if series is not None:
        if not 1 <= series.parts <= _PARTS:
            yield "series.parts", f"Is 1 to {_PARTS}."
        elif not all(1 <= part <= series.parts for part in series.attended):
            yield "series.attended", "The series has no such part."


def _refused_field(raw: Any) -> str:
    """Return which attendance of a history holds the value that refused itself."""
    for index, each in enumerate(raw["attendances"]):
        for field, kind in get_type_hints(Attendance).items():
            try:
                msgspec.convert(each.get(field), kind)
            except DomainError:
                return f"attendances[{index}].{field}"
            except msgspec.ValidationError:
                continue
    return "attendances"


def answers_for(book: RuleBook, history: History) -> list[dict[str, Any]]:
    """Judge a history; return the answers as JSON holds them (``docs/answers.schema.json``)."""
    answers = [_answer(each) for each in judge_history(book, history)]
    return msgspec.json.decode(msgspec.json.encode(answers), type=list[dict[str, Any]])


def facts_schema() -> dict[str, Any]:
    """Return the JSON schema of a described history."""
    return msgspec.json.schema(History)


def answers_schema() -> dict[str, Any]:
    """Return the JSON schema of what :func:`answers_for` returns."""
    return msgspec.json.schema(list[shapes.TextAnswer])


def _answer(answer: Answer) -> shapes.TextAnswer:
    source = answer.pack.source
    return shapes.TextAnswer(
        pack=answer.pack.id,
        version=answer.pack.version,
        name=answer.pack.name,
        source=shapes.SourceAnswer(
            address=source.address,
            clause=source.clause,
            checked=source.checked,
            confidence=source.confidence,
        ),
        licence=None if answer.licence is None else answer.licence.id,
        attendances=tuple(_judged(each) for each in answer.judged),
        cycles=tuple(_account(each) for each in answer.accounts),
        missing=answer.missing,
    )


def _judged(judged: Judged) -> shapes.MeetingAnswer:
    return shapes.MeetingAnswer(
        meeting=judged.attendance.meeting,
        day=judged.attendance.day,
        version=judged.pack.version,
        facts=_facts(judged.attendance),
        rules=tuple(_judgement(each) for each in judged.judgements),
    )


def _facts(attendance: Attendance) -> shapes.FactsAnswer:
    own, people = attendance.own, attendance.people
    return shapes.FactsAnswer(
        scheduled_minutes=time.minutes([attendance.scheduled]),
        minutes=time.minutes(attendance.present),
        own_minutes=None if own is None else time.minutes(time.common(attendance.present, own)),
        people=None if people is None else len(people),
        modality=attendance.modality,
        strength=attendance.strength,
    )


def _judgement(judgement: Judgement) -> shapes.RuleAnswer:
    rule = judgement.rule
    return shapes.RuleAnswer(
        rule=rule.id,
        name=rule.name,
        credit_kind=rule.credit_kind,
        paper=rule.credit_kind.paper,
        credited=judgement.may_be_credited,
        amount=plain(judgement.amount),
        unit=rule.unit,
        minutes=judgement.minutes,
        steps=tuple(judgement.steps),
        missing=tuple(judgement.missing),
    )


def _account(account: Account) -> shapes.AccountAnswer:
    return shapes.AccountAnswer(
        from_day=account.window.from_day,
        until_day=account.window.until_day,
        unit=account.unit,
        earned=plain(account.earned),
        carried_in=plain(account.carried_in),
        counted=plain(account.counted),
        cut=plain(account.cut),
        required=_plain(account.required),
        lacks=_plain(account.lacks),
        carries_over=_plain(account.carries_over),
        categories=tuple(account.categories),
        categories_wanted=account.categories_wanted,
        rows=tuple(_row(each) for each in account.rows),
        caps=tuple(_cap(each) for each in account.caps),
        floors=tuple(_floor(each) for each in account.floors),
        steps=tuple(account.steps),
        missing=tuple(account.missing),
    )


def _row(row: Row) -> shapes.RowAnswer:
    return shapes.RowAnswer(
        key=row.entry.key,
        day=row.entry.day,
        amount=plain(row.entry.amount),
        counted=plain(row.counted),
        steps=tuple(row.steps),
    )


def _cap(state: CapState) -> shapes.CapAnswer:
    return shapes.CapAnswer(
        name=state.cap.name,
        from_day=state.span,
        at_most=plain(state.cap.at_most),
        used=plain(state.used),
        cut=plain(state.cut),
    )


def _floor(state: FloorState) -> shapes.FloorAnswer:
    return shapes.FloorAnswer(
        name=state.floor.name,
        from_day=state.span,
        until=state.until,
        at_least=plain(state.floor.at_least),
        have=plain(state.have),
        lacks=plain(state.lacks),
    )


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
