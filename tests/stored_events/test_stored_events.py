"""Every shape ever stored can still be read.

A sample is one line of ``samples/<topic>.v<version>.json``: the stored body, with personal values
in the form they have once their person was forgotten, because samples hold no keys. When an event
changes its shape, its version grows, an upcaster is written, and a new sample is added; run
``python -m tests.stored_events.add_samples`` to write those that are missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from domain.event_registry import EVENTS
from infra.event_store.mapper import EventMapper, StoredBody
from infra.secrets.keystore import KeyStore
from tests.support.every_event import STORIES

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(SAMPLES.glob("*.json"))
SUBJECT = UUID(int=1)


@pytest.fixture(scope="module")
def mapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventMapper]:
    keystore = KeyStore(tmp_path_factory.mktemp("keys"))
    yield EventMapper(keystore)
    keystore.close()


def _stored(path: Path) -> StoredBody:
    topic, _, version = path.stem.rpartition(".v")
    return StoredBody(SUBJECT, 1, topic, int(version), path.read_text().strip())


def test_todays_shape_of_every_event_has_a_sample() -> None:
    wanted = {f"{entry.topic}.v{entry.version}" for entry in EVENTS.values()}
    assert wanted <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_stored_shape_can_still_be_read(path: Path, mapper: EventMapper) -> None:
    stored = _stored(path)
    event = mapper.from_body(stored)
    assert type(event) is EVENTS[stored.topic].event
    again = mapper.to_body(event)
    if again.schema_version == stored.schema_version:
        assert json.loads(again.body) == json.loads(stored.body)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_stored_today_reads_back_the_same(story: object, mapper: EventMapper) -> None:
    assert callable(story)
    for event in story():
        assert mapper.from_body(mapper.to_body(event)) == event
