"""Every event is known, has a sentence for people, and can be told from its fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from string import Formatter
from typing import Any

import pytest

from domain.base import Root, resolve_topic
from domain.event_registry import AGGREGATES, EVENTS, SENTENCES, EventEntry
from tests.support.every_event import STORIES

ENTRIES = pytest.mark.parametrize("entry", EVENTS.values(), ids=lambda entry: entry.topic)


def test_every_aggregate_is_registered() -> None:
    ours = {each for each in Root.__subclasses__() if each.__module__.startswith("domain.")}
    assert set(AGGREGATES) == ours


def test_no_topic_is_used_twice() -> None:
    topics = Counter(
        event.TOPIC
        for aggregate in AGGREGATES
        for event in vars(aggregate).values()
        if isinstance(event, type) and issubclass(event, Root.Event) and event.__name__ != "Event"
    )
    assert max(topics.values()) == 1
    assert set(topics) == set(EVENTS)


def test_no_sentence_is_left_over() -> None:
    assert set(SENTENCES) == set(EVENTS)


@ENTRIES
def test_an_event_has_a_sentence_made_of_its_fields(entry: EventEntry) -> None:
    named = {name for _, name, _, _ in Formatter().parse(entry.sentence) if name}
    assert entry.sentence
    assert named <= set(entry.fields)


@ENTRIES
def test_a_topic_leads_to_its_event_and_begins_with_its_aggregate(entry: EventEntry) -> None:
    aggregate: Any = entry.aggregate
    assert resolve_topic(entry.topic) is entry.event
    assert entry.topic.startswith(f"{aggregate.TOPIC}.")


def test_the_personal_fields_are_those_that_must_be_encrypted() -> None:
    personal = {topic: entry.personal for topic, entry in EVENTS.items() if entry.personal}
    assert personal == {
        "peerhour.member.registered": ("name_on_papers",),
        "peerhour.member.licence_added": ("licence.number",),
        "peerhour.member.name_corrected": ("name_on_papers", "reason"),
        "peerhour.member.spelled_for_papers": ("spelling",),
        "peerhour.provider.registered": ("authorising_name",),
        "peerhour.provider.corrected": ("authorising_name",),
        "peerhour.program.published": ("instructor_name",),
        "peerhour.program.revised": ("instructor_name",),
        "peerhour.group.member_removed": ("reason",),
        "peerhour.meeting.presence_observed": ("people[].names[]",),
        "peerhour.meeting.lead_recorded": ("lead.outsider.name",),
        "peerhour.meeting.presence_corrected": ("reason",),
        "peerhour.meeting.voided": ("reason",),
        "peerhour.meeting.cancelled": ("reason",),
        "peerhour.outside_credit.entered": (
            "facts.title",
            "facts.provider_name",
            "facts.category",
        ),
        "peerhour.outside_credit.corrected": (
            "facts.title",
            "facts.provider_name",
            "facts.category",
            "reason",
        ),
        "peerhour.outside_credit.removed": ("reason",),
        "peerhour.certificate.issued": (
            "facts.holder_name",
            "facts.licence_number",
            "facts.presenter_name",
            "facts.authorised_by",
        ),
        "peerhour.payer.member_enrolled": ("enrolment.payer_member_ref",),
        "peerhour.membership.cancellation_asked": ("reason",),
        "peerhour.seat_pool.entry_declined": ("sentence",),
        "peerhour.trouble.settled": ("reason",),
    }


def test_every_kind_of_event_happens_in_some_story() -> None:
    happened = {type(event).TOPIC for story in STORIES for event in story()}
    assert happened == set(EVENTS)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_reading_a_stream_leaves_its_events_as_they_were(
    story: Callable[[], list[Root.Event]],
) -> None:
    events = story()
    before = repr(events)
    aggregate: Any = None
    for event in events:
        aggregate = event.mutate(aggregate)
    assert aggregate.version == len(events)
    assert repr(events) == before
