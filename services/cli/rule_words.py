"""Answers of the credit engine in words, for the terminal.

The clause at the head of an answer holds for all of it; a sentence names its own where another
speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from domain.rules.explain import Step, explained, how_many, of_unit
from domain.rules.remedies import WAYS

_NOTHING = "0"


def in_words(answer: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of one answer: what each meeting is worth, what comes of it, and why.

    Args:
        answer: of :func:`services.rules.answers.answers_for`.
    """
    licence = f", licence {answer['licence']}" if answer["licence"] else ""
    yield f"{answer['name']} ({answer['pack']}, version {answer['version']}{licence})"
    source = answer["source"]
    yield f"  {source['clause']}, read {source['checked']} ({source['confidence']} source)"
    yield f"  {source['address']}"
    for attendance in answer["attendances"]:
        yield f"  {attendance['day']}, {attendance['meeting']}: {_facts(attendance['facts'])}"
        for rule in attendance["rules"]:
            yield from _rule(rule, source["clause"])
    for cycle in answer["cycles"]:
        yield from _cycle(cycle, source["clause"])
    yield from (f"  {_told(missing, source['clause'])}" for missing in answer["missing"])


def _facts(facts: dict[str, Any]) -> str:
    own, people = facts["own_minutes"], facts["people"]
    on_own = (
        "whose practice it was about is not recorded"
        if own is None
        else f"{own} of them on your own practice"
    )
    size = (
        "nobody recorded who was there" if people is None else how_many(people, "person", "people")
    )
    way = WAYS.get(facts["modality"], "in a way that nobody recorded")
    announced = how_many(facts["scheduled_minutes"], "minute")
    return (
        f"{facts['minutes']} of {announced} present {way}, {on_own}; "
        f"{size}; {facts['strength']} evidence."
    )


def _rule(rule: dict[str, Any], known: str) -> Iterator[str]:
    worth = of_unit(Decimal(rule["amount"]), rule["unit"])
    credited = worth if rule["credited"] else "nothing"
    yield f"    {rule['name']}: {credited} ({rule['credit_kind']}, {rule['paper']})"
    yield from (f"      {said}" for said in _sentences(rule["steps"], known))
    yield from (f"      {_told(missing, known)}" for missing in rule["missing"])


def _cycle(cycle: dict[str, Any], known: str) -> Iterator[str]:
    yield f"  Cycle {cycle['from']} to {cycle['until']}:"
    for row in cycle["rows"]:
        if row["steps"]:
            yield f"    {row['day']}, {row['key']}: {row['counted']} of {row['amount']}"
            yield from (f"      {said}" for said in _sentences(row["steps"], known))
    yield from (f"    {said}" for said in _sentences(cycle["steps"], known))
    for cap in cycle["caps"]:
        if cap["used"] != _NOTHING or cap["cut"] != _NOTHING:
            cut = f", {cap['cut']} cut" if cap["cut"] != _NOTHING else ""
            since = f"from {cap['from']}"
            yield f"    {cap['name']}, {since}: {cap['used']} of at most {cap['at_most']}{cut}."
    for floor in cycle["floors"]:
        if floor["lacks"] != _NOTHING:
            span = f"{floor['from']} to {floor['until']}"
            yield f"    {floor['name']}, {span}: {floor['have']} of at least {floor['at_least']}."
    wanted, found = cycle["categories_wanted"], cycle["categories"]
    if wanted is not None and len(found) < wanted:
        named = f" ({', '.join(found)})" if found else ""
        yield f"    Categories: {len(found)} of at least {wanted}{named}."
    if cycle["carries_over"] not in (None, _NOTHING):
        yield f"    Into the next cycle: {cycle['carries_over']}."
    yield from (f"    {_told(missing, known)}" for missing in cycle["missing"])


def _sentences(steps: Sequence[dict[str, Any]], known: str) -> list[str]:
    return explained(
        [Step(each["code"], each["sentence"], _other(each["clause"], known)) for each in steps]
    )


def _told(missing: dict[str, Any], known: str) -> str:
    """Return what is missing and what it would take, with the clause in between."""
    clause = _other(missing["clause"], known)
    said = missing["sentence"]
    said = f"{said.removesuffix('.')} ({clause})." if clause else said
    return f"{said} {missing['needed']}".rstrip()


def _other(clause: str, known: str) -> str:
    return "" if clause == known else clause
