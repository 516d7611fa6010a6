"""The samples themselves: complete, canonical, and free of anything readable about people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.event_registry import EVENTS
from infra.event_store.mapper import EventMapper, StoredBody
from infra.secrets.keystore import KeyStore

SAMPLES = Path(__file__).parent / "samples"
FILES = sorted(SAMPLES.glob("*.json"))


@pytest.fixture(scope="module")
def mapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventMapper]:
    keystore = KeyStore(tmp_path_factory.mktemp("keys"))
    yield EventMapper(keystore)
    keystore.close()


def test_every_shape_an_event_ever_had_keeps_its_sample() -> None:
    wanted = {
        f"{entry.topic}.v{version}"
        for entry in EVENTS.values()
        for version in range(1, entry.version + 1)
    }
    assert wanted == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_was_stored_is_stored_the_same_way_today(path: Path, mapper: EventMapper) -> None:
    topic, _, version = path.stem.rpartition(".v")
    stored = StoredBody(UUID(int=1), 1, topic, int(version), path.read_text().rstrip("\n"))
    today = mapper.to_body(mapper.from_body(stored))
    if today.schema_version == stored.schema_version:
        assert today == stored
    assert today == mapper.to_body(mapper.from_body(today))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_sample_holds_no_personal_value(path: Path) -> None:
    topic = path.stem.rpartition(".v")[0]
    people = list(_people(json.loads(path.read_text())))
    assert all(set(person) == {"subject", "erased"} for person in people)
    assert bool(people) or not EVENTS[topic].personal or _may_be_empty(topic)


def _people(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "subject" in value:
            yield value
        for each in value.values():
            yield from _people(each)
    elif isinstance(value, list):
        for each in value:
            yield from _people(each)


def _may_be_empty(topic: str) -> bool:
    """Tell whether every personal value of an event stands in a list that may be empty."""
    return all("[]" in path for path in EVENTS[topic].personal)
