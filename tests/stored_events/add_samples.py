"""Write the samples that are missing: one file for each event's shape, from its own story."""

from __future__ import annotations

import tempfile
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from domain.base import Root
from domain.personal import Personal
from infra.event_store.mapper import EventMapper
from infra.secrets.keystore import KeyStore
from tests.support.every_event import STORIES

SAMPLES = Path(__file__).parent / "samples"


def main() -> None:
    SAMPLES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        keystore = KeyStore(Path(folder))
        mapper = EventMapper(keystore)
        for event in (event for story in STORIES for event in story()):
            stored = mapper.to_body(_forgotten(event))
            path = SAMPLES / f"{stored.topic}.v{stored.schema_version}.json"
            if not path.exists():
                path.write_text(f"{stored.body}\n")
        keystore.close()


def _forgotten(event: Root.Event) -> Root.Event:
    """Return the event as it reads once everybody in it was forgotten."""
    copy = object.__new__(type(event))
    copy.__dict__.update({name: _erased(value) for name, value in vars(event).items()})
    return copy


def _erased(value: Any) -> Any:
    if isinstance(value, Personal):
        return Personal(value.subject, None)
    if isinstance(value, list):
        return [_erased(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        names = (each.name for each in fields(value))
        return replace(value, **{name: _erased(getattr(value, name)) for name in names})
    return value


if __name__ == "__main__":
    main()
