"""What every event store promises: the one on PostgreSQL, and the fake that tests trust."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.base import Root
from domain.recording import (
    Append,
    Cause,
    CommandIdReused,
    Effect,
    EventStore,
    Outcome,
    StaleStream,
    StoredRefusal,
)
from tests.support.builders import ANA, SIX_PM
from tests.support.fakes import InMemoryEventStore
from tests.support.probe import Probe

FINGERPRINT = bytes(32)
REFUSAL = StoredRefusal("probe.full", "There is no room.", {"places": 3})


@pytest.fixture(params=["memory", "postgresql"])
def any_store(request: pytest.FixtureRequest) -> EventStore:
    if request.param == "memory":
        return InMemoryEventStore()
    store: EventStore = request.getfixturevalue("store")
    return store


def begun(probe_id: UUID, notes: int = 0) -> list[Root.Event]:
    probe = Probe.start(probe_id, at=SIX_PM)
    for number in range(notes):
        probe.note(ANA, f"note {number}", at=SIX_PM)
    events: list[Any] = list(probe.collect_events())
    return events


def decision(events: list[Root.Event], command_id: UUID | None = None, **changes: Any) -> Append:
    return Append(Cause(command_id or uuid4()), FINGERPRINT, tuple(events), **changes)


async def test_a_stream_that_nobody_began_is_empty(any_store: EventStore) -> None:
    assert await any_store.load(uuid4()) == []


async def test_what_was_appended_is_loaded_in_order(any_store: EventStore) -> None:
    events = begun(uuid4(), notes=2)
    head = await any_store.head()
    assert await any_store.append(decision(events)) == Outcome(head + 3)
    assert await any_store.load(events[0].originator_id) == events
    assert await any_store.head() == head + 3


async def test_the_log_is_read_in_order_and_without_gaps(any_store: EventStore) -> None:
    head = await any_store.head()
    cause = Cause(uuid4(), ANA, 7, uuid4())
    first, second = begun(uuid4(), notes=1), begun(uuid4(), notes=1)
    await any_store.append(Append(cause, FINGERPRINT, (*first, *second)))
    await any_store.append(decision(begun(uuid4())))
    recorded = await any_store.read(head, 100)
    assert [each.position for each in recorded] == [head + n for n in range(1, 6)]
    assert [each.event for each in recorded[:4]] == [*first, *second]
    assert {each.cause for each in recorded[:4]} == {cause}
    assert {each.recorded_at for each in recorded} == {SIX_PM}


async def test_a_reader_gets_what_it_asks_for(any_store: EventStore) -> None:
    head = await any_store.head()
    await any_store.append(decision(begun(uuid4(), notes=3)))
    topics = [Probe.Noted.TOPIC]
    assert [e.position for e in await any_store.read(head, 2)] == [head + 1, head + 2]
    assert [e.position for e in await any_store.read(head, 2, topics)] == [head + 2, head + 3]
    assert await any_store.read(head, 2, ["peerhour.nobody.came"]) == []
    assert await any_store.read(head + 4, 2) == []


async def test_whoever_is_second_on_a_stream_is_stale_and_stores_nothing(
    any_store: EventStore,
) -> None:
    taken = uuid4()
    await any_store.append(decision(begun(taken, notes=1)))
    head = await any_store.head()
    fresh = uuid4()
    with pytest.raises(StaleStream) as caught:
        await any_store.append(
            decision([*begun(fresh), *begun(taken)], effects=(Effect(uuid4(), "mail", {}),))
        )
    assert taken in caught.value.stream_ids
    assert await any_store.load(fresh) == []
    assert await any_store.head() == head


async def test_a_stream_is_not_continued_behind_a_gap(any_store: EventStore) -> None:
    probe_id = uuid4()
    events = begun(probe_id, notes=2)
    await any_store.append(decision(events[:1]))
    with pytest.raises(StaleStream):
        await any_store.append(decision(events[2:]))


async def test_a_stale_command_may_come_again_under_its_id(any_store: EventStore) -> None:
    probe_id, command_id = uuid4(), uuid4()
    events = begun(probe_id, notes=1)
    with pytest.raises(StaleStream):
        await any_store.append(decision(events[1:], command_id))
    outcome = await any_store.append(decision(events, command_id))
    assert not outcome.repeated


async def test_a_repeated_command_gets_its_first_outcome_and_stores_nothing(
    any_store: EventStore,
) -> None:
    command_id, probe_id = uuid4(), uuid4()
    first = await any_store.append(decision(begun(probe_id), command_id))
    await any_store.append(decision(begun(uuid4())))
    head = await any_store.head()
    again = await any_store.append(decision(begun(probe_id), command_id))
    assert again == Outcome(first.position, repeated=True)
    assert await any_store.head() == head
    assert await any_store.outcome_of(command_id, FINGERPRINT) == again


async def test_a_command_that_never_came_has_no_outcome(any_store: EventStore) -> None:
    assert await any_store.outcome_of(uuid4(), FINGERPRINT) is None


async def test_a_recorded_refusal_is_told_again(any_store: EventStore) -> None:
    command_id = uuid4()
    first = await any_store.append(decision(begun(uuid4()), command_id, refusal=REFUSAL))
    assert first.refusal == REFUSAL
    again = await any_store.outcome_of(command_id, FINGERPRINT)
    assert again == Outcome(first.position, REFUSAL, repeated=True)


async def test_a_command_id_is_not_used_for_something_else(any_store: EventStore) -> None:
    command_id, probe_id = uuid4(), uuid4()
    await any_store.append(decision(begun(uuid4()), command_id))
    other = Append(Cause(command_id), b"\x01" * 32, tuple(begun(probe_id)))
    with pytest.raises(CommandIdReused):
        await any_store.append(other)
    with pytest.raises(CommandIdReused):
        await any_store.outcome_of(command_id, b"\x01" * 32)
    assert await any_store.load(probe_id) == []


async def test_a_decision_without_events_has_an_outcome_too(any_store: EventStore) -> None:
    command_id, head = uuid4(), await any_store.head()
    assert await any_store.append(decision([], command_id)) == Outcome(head)
    assert await any_store.outcome_of(command_id, FINGERPRINT) == Outcome(head, repeated=True)


async def test_a_refusal_takes_the_id_of_a_command_that_never_came(any_store: EventStore) -> None:
    cause, head = Cause(uuid4()), await any_store.head()
    assert await any_store.refuse(cause, FINGERPRINT, REFUSAL) == Outcome(head, REFUSAL)
    told = await any_store.outcome_of(cause.command_id, FINGERPRINT)
    assert told == Outcome(head, REFUSAL, repeated=True)


async def test_a_try_that_comes_after_its_refusal_stores_nothing(any_store: EventStore) -> None:
    cause, events = Cause(uuid4()), begun(uuid4())
    await any_store.refuse(cause, FINGERPRINT, REFUSAL)
    late = await any_store.append(decision(events, cause.command_id))
    assert (late.refusal, late.repeated) == (REFUSAL, True)
    assert await any_store.load(events[0].originator_id) == []


async def test_a_refusal_that_comes_after_its_command_says_what_stands(
    any_store: EventStore,
) -> None:
    cause = Cause(uuid4())
    first = await any_store.append(decision(begun(uuid4()), cause.command_id))
    stands = await any_store.refuse(cause, FINGERPRINT, REFUSAL)
    assert stands == Outcome(first.position, repeated=True)


async def test_nobody_elses_command_is_refused(any_store: EventStore) -> None:
    cause = Cause(uuid4())
    await any_store.append(decision(begun(uuid4()), cause.command_id))
    with pytest.raises(CommandIdReused):
        await any_store.refuse(cause, b"\x01" * 32, REFUSAL)
