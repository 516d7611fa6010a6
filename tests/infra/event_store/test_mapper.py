"""Events to text and back: nothing is lost, nothing personal is readable, nothing is guessed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.base import Root
from domain.meetings.meeting import Meeting
from domain.personal import Personal
from infra.event_store.mapper import EventMapper, StoredBody, UnreadableEvent
from infra.secrets.keystore import KeyStore
from tests.support.builders import ANA, BO, SIX_PM
from tests.support.every_event import STORIES
from tests.support.probe import Probe

PROBE, OTHER_PROBE = UUID(int=7001), UUID(int=7002)
EVENTS = [event for story in STORIES for event in story()]
SECRET = "Ana said she is tired"


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyStore]:
    store = KeyStore(tmp_path_factory.mktemp("keys"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def mapper(keystore: KeyStore) -> EventMapper:
    return EventMapper(keystore)


def note(subject: UUID, text: str) -> Root.Event:
    probe = Probe.start(PROBE, at=SIX_PM)
    probe.note(subject, text, at=SIX_PM)
    event: Any = probe.collect_events()[-1]
    assert isinstance(event, Root.Event)
    return event


def text_of(event: Root.Event) -> Personal[str]:
    assert isinstance(event, Probe.Noted)
    return event.text


def changed(stored: StoredBody, **values: Any) -> StoredBody:
    """Return a stored body in which the value ``text`` has other parts."""
    body = json.loads(stored.body)
    body["text"] |= values
    return stored._replace(body=json.dumps(body))


def counted(version: int, body: str) -> StoredBody:
    return StoredBody(PROBE, 2, Probe.Counted.TOPIC, version, body)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).TOPIC)
def test_every_event_reads_back_as_it_was(event: Root.Event, mapper: EventMapper) -> None:
    again = mapper.from_body(mapper.to_body(event))
    assert type(again) is type(event)
    assert vars(again) == vars(event)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).TOPIC)
def test_every_body_is_canonical_json(event: Root.Event, mapper: EventMapper) -> None:
    body = mapper.to_body(event).body
    canonical = json.dumps(
        json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert body == canonical


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).TOPIC)
def test_every_event_survives_in_the_librarys_own_form(
    event: Root.Event, mapper: EventMapper
) -> None:
    stored = mapper.to_stored_event(event)
    assert vars(mapper.to_domain_event(stored)) == vars(event)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_personal_text_reads_back(text: str, mapper: EventMapper) -> None:
    assert text_of(mapper.from_body(mapper.to_body(note(ANA, text)))) == Personal(ANA, text)


def test_a_personal_text_cannot_be_read_from_the_body(mapper: EventMapper) -> None:
    body = mapper.to_body(note(ANA, SECRET)).body
    assert SECRET not in body
    assert "tired" not in body
    assert set(json.loads(body)["text"]) == {"subject", "key", "commit", "sealed"}


def test_the_same_text_is_never_stored_the_same_way_twice(mapper: EventMapper) -> None:
    assert mapper.to_body(note(ANA, SECRET)).body != mapper.to_body(note(ANA, SECRET)).body


def test_short_texts_do_not_give_away_their_length(mapper: EventMapper) -> None:
    lengths = {len(mapper.to_body(note(ANA, "x" * n)).body) for n in range(1, 60)}
    assert len(lengths) == 1


@pytest.mark.parametrize(
    "place",
    [
        {"stream_id": OTHER_PROBE},
        {"stream_version": 3},
        {"topic": Probe.Repeated.TOPIC},
    ],
    ids=lambda place: next(iter(place)),
)
def test_a_ciphertext_does_not_open_in_another_place(
    place: dict[str, Any], mapper: EventMapper
) -> None:
    moved = mapper.to_body(note(ANA, SECRET))._replace(**place)
    with pytest.raises(UnreadableEvent, match="does not belong to this event"):
        mapper.from_body(moved)


def test_a_ciphertext_given_to_another_person_shows_nothing(
    mapper: EventMapper, keystore: KeyStore
) -> None:
    assert keystore.key_for_writing(BO) is not None
    given_away = changed(mapper.to_body(note(ANA, SECRET)), subject=str(BO))
    assert text_of(mapper.from_body(given_away)) == Personal(BO, None)


def test_a_ciphertext_under_another_persons_key_is_damage(
    mapper: EventMapper, keystore: KeyStore
) -> None:
    key = keystore.key_for_writing(BO)
    assert key is not None
    forged = changed(
        mapper.to_body(note(ANA, SECRET)),
        subject=str(BO),
        key=key.key_id.hex(),
        commit=key.commitment.hex(),
    )
    with pytest.raises(UnreadableEvent, match="does not belong to this event"):
        mapper.from_body(forged)


def test_the_key_has_to_be_the_one_that_was_committed_to(mapper: EventMapper) -> None:
    forged = changed(mapper.to_body(note(ANA, SECRET)), commit="00" * 16)
    with pytest.raises(UnreadableEvent, match="key commitment does not match"):
        mapper.from_body(forged)


def test_a_forgotten_persons_values_read_as_erased_and_others_stay(tmp_path: Path) -> None:
    keystore = KeyStore(tmp_path)
    mapper = EventMapper(keystore)
    about_ana, about_bo = mapper.to_body(note(ANA, SECRET)), mapper.to_body(note(BO, "Bo sang"))
    keystore.erase([ANA])
    assert text_of(mapper.from_body(about_ana)) == Personal(ANA, None)
    assert text_of(mapper.from_body(about_bo)) == Personal(BO, "Bo sang")
    keystore.close()


def test_what_is_said_of_a_forgotten_person_is_not_even_stored_encrypted(tmp_path: Path) -> None:
    keystore = KeyStore(tmp_path)
    mapper = EventMapper(keystore)
    keystore.erase([ANA])
    stored = mapper.to_body(note(ANA, SECRET))
    assert json.loads(stored.body)["text"] == {"subject": str(ANA), "erased": True}
    assert text_of(mapper.from_body(stored)) == Personal(ANA, None)
    keystore.close()


def test_an_erased_value_is_stored_again_as_the_same_text(mapper: EventMapper) -> None:
    event = note(ANA, SECRET)
    vars(event)["text"] = Personal(ANA, None)
    stored = mapper.to_body(event)
    assert mapper.to_body(mapper.from_body(stored)) == stored


def test_a_value_without_a_stored_form_is_refused(mapper: EventMapper) -> None:
    event = note(ANA, SECRET)
    vars(event)["text"] = object()
    with pytest.raises(TypeError, match="object cannot be stored"):
        mapper.to_body(event)


def test_the_first_shape_is_read_through_every_upcaster(mapper: EventMapper) -> None:
    event = mapper.from_body(counted(1, '{"hours":2,"timestamp":"2026-03-02T18:00:00Z"}'))
    assert isinstance(event, Probe.Counted)
    assert (event.amount, event.unit, event.label) == (120, "minutes", None)
    assert (event.originator_id, event.originator_version) == (PROBE, 2)
    assert event.timestamp == SIX_PM


def test_the_second_shape_is_read_through_its_own_upcaster_only(mapper: EventMapper) -> None:
    body = '{"amount":30,"label":"null","timestamp":"2026-03-02T18:00:00Z"}'
    event = mapper.from_body(counted(2, body))
    assert isinstance(event, Probe.Counted)
    assert (event.amount, event.unit, event.label) == (30, "minutes", "null")


def test_an_upcast_event_is_as_strict_about_types_as_a_new_one(mapper: EventMapper) -> None:
    body = '{"amount":"30","label":null,"timestamp":"2026-03-02T18:00:00Z"}'
    with pytest.raises(UnreadableEvent, match="amount"):
        mapper.from_body(counted(2, body))


def test_what_is_stored_today_has_the_newest_shape(mapper: EventMapper) -> None:
    event = mapper.from_body(counted(1, '{"hours":2,"timestamp":"2026-03-02T18:00:00Z"}'))
    stored = mapper.to_body(event)
    assert stored.schema_version == 3
    assert stored.body == (
        '{"amount":120,"label":null,"timestamp":"2026-03-02T18:00:00Z","unit":"minutes"}'
    )


def test_an_old_shape_without_an_upcaster_is_refused(mapper: EventMapper) -> None:
    orphan = StoredBody(PROBE, 2, Probe.Orphaned.TOPIC, 1, "{}")
    with pytest.raises(UnreadableEvent, match="lacks upcast_v1_v2"):
        mapper.from_body(orphan)


def test_a_shape_newer_than_the_code_is_refused(mapper: EventMapper) -> None:
    with pytest.raises(UnreadableEvent, match="newer than this code"):
        mapper.from_body(counted(4, "{}"))


@pytest.mark.parametrize(
    "topic",
    ["peerhour.nothing.happened", "peerhour.probe", "this", "this:d", "os.path", "os:system", ""],
)
def test_a_topic_that_is_no_event_is_refused_and_nothing_is_imported(
    topic: str, mapper: EventMapper
) -> None:
    with pytest.raises(UnreadableEvent, match="No event is called"):
        mapper.from_body(StoredBody(PROBE, 2, topic, 1, "{}"))
    assert "this" not in sys.modules


MEMBER = "00000000-0000-0000-0000-000000000001"
ARRIVAL = {
    "arrived_at": "2026-03-02T18:00:00Z",
    "by": MEMBER,
    "member_id": MEMBER,
    "method": "door_code",
    "timestamp": "2026-03-02T18:00:00Z",
}
BACKWARDS = {"from_at": "2026-03-02T19:00:00Z", "to_at": "2026-03-02T18:00:00Z"}
CORRECTION = {
    "by": MEMBER,
    "member_id": MEMBER,
    "reason": {"subject": MEMBER, "erased": True},
    "stays": [],
    "timestamp": "2026-03-02T18:00:00Z",
}
ENVELOPE = {"subject": MEMBER, "key": "00", "commit": "00", "sealed": "Ana Ruiz"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Ana Ruiz",
        "[]",
        '"Ana Ruiz"',
        json.dumps(ARRIVAL)[:-3],
        json.dumps(ARRIVAL | {"method": "Ana Ruiz"}),
        json.dumps(ARRIVAL | {"member_id": "Ana Ruiz"}),
        json.dumps(ARRIVAL | {"arrived_at": "Ana Ruiz"}),
        json.dumps(ARRIVAL | {"by": ["Ana Ruiz"]}),
        json.dumps(ARRIVAL | {"extra": "Ana Ruiz"}),
        json.dumps({k: v for k, v in ARRIVAL.items() if k != "by"}),
    ],
)
def test_a_damaged_body_is_named_without_showing_its_values(body: str, mapper: EventMapper) -> None:
    damaged = StoredBody(PROBE, 2, Meeting.CheckedIn.TOPIC, 1, body)
    with pytest.raises(UnreadableEvent, match=r"^peerhour\.meeting\.checked_in v1") as caught:
        mapper.from_body(damaged)
    assert "Ana" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "values",
    [
        {"stays": [BACKWARDS]},
        {"stays": [BACKWARDS | {"to_at": "2999-01-01T00:00:00Z"}]},
        {"reason": "Ana Ruiz"},
        {"reason": {}},
        {"reason": None},
        {"reason": ENVELOPE | {"subject": "Ana Ruiz"}},
        {"reason": ENVELOPE | {"subject": 7}},
        {"reason": {"subject": MEMBER}},
    ],
)
def test_a_damaged_value_is_named_without_showing_it(
    values: dict[str, Any], mapper: EventMapper, keystore: KeyStore
) -> None:
    assert keystore.key_for_writing(ANA) is not None
    body = json.dumps(CORRECTION | values)
    with pytest.raises(UnreadableEvent) as caught:
        mapper.from_body(StoredBody(PROBE, 2, Meeting.PresenceCorrected.TOPIC, 1, body))
    assert "Ana" not in str(caught.value)


@pytest.mark.parametrize("sealed", ["", "AAAA", "not base64", "Zm9v" * 40, 5, None])
def test_a_damaged_ciphertext_is_named(sealed: object, mapper: EventMapper) -> None:
    with pytest.raises(UnreadableEvent):
        mapper.from_body(changed(mapper.to_body(note(ANA, SECRET)), sealed=sealed))


@given(data=st.data())
def test_no_damage_leads_to_another_error(data: st.DataObject, mapper: EventMapper) -> None:
    stored = mapper.to_body(note(ANA, SECRET))
    at = data.draw(st.integers(0, len(stored.body) - 1))
    other = data.draw(st.text(max_size=3))
    damaged = stored.body[:at] + other + stored.body[at + 1 :]
    try:
        value = text_of(mapper.from_body(stored._replace(body=damaged))).value
    except UnreadableEvent as error:
        shown = str(error)
    else:  # the change touched nothing protected, or made the value unreadable
        shown = "" if value in {SECRET, None} else str(value)
    assert "tired" not in shown
    assert "Ana" not in shown


def test_a_moment_without_a_zone_is_damage(mapper: EventMapper) -> None:
    body = '{"timestamp":"2026-03-02T18:00:00"}'
    with pytest.raises(UnreadableEvent):
        mapper.from_body(StoredBody(PROBE, 1, Probe.Begun.TOPIC, 1, body))
