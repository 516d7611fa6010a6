"""An aggregate for tests of the machinery: it has personal values and a past."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.personal import Personal


class Probe(Root):
    """Something that is begun and then noted upon."""

    TOPIC = "peerhour.probe"

    class Begun(Root.Event, AggregateCreated):
        """It began."""

        TOPIC = "peerhour.probe.begun"

    class Noted(Root.Event):
        """Something was said about somebody."""

        TOPIC = "peerhour.probe.noted"
        text: Personal[str]

        @override
        def apply(self, probe: Probe) -> None:
            probe.notes.append(self.text)

    class Repeated(Root.Event):
        """The same shape as ``Noted``, under another name."""

        TOPIC = "peerhour.probe.repeated"
        text: Personal[str]

    class Counted(Root.Event):
        """Its third shape; the first two were stored by earlier code."""

        TOPIC = "peerhour.probe.counted"
        class_version = 3
        amount: int
        unit: str
        label: str | None

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """v2 counts in whole minutes; v1 counted in hours."""
            state["amount"] = state.pop("hours") * 60

        @staticmethod
        def upcast_v2_v3(state: dict[str, Any]) -> None:
            """v3 says its unit; until then it was minutes."""
            state["unit"] = "minutes"
            state.setdefault("label", None)

        @override
        def apply(self, probe: Probe) -> None:
            probe.total += self.amount

    class Orphaned(Root.Event):
        """Its second shape; nobody wrote how to read the first."""

        TOPIC = "peerhour.probe.orphaned"
        class_version = 2

    def __init__(self) -> None:
        self.notes: list[Personal[str]] = []
        self.total = 0

    @classmethod
    def start(cls, probe_id: UUID, *, at: datetime) -> Probe:
        """Begin."""
        return cls.begin(cls.Begun, stream_id=probe_id, at=at)

    def note(self, subject: UUID, text: str, *, at: datetime) -> None:
        """Say something about somebody."""
        self.record(self.Noted, at=at, text=Personal(subject, text))

    def say_again(self, subject: UUID, text: str, *, at: datetime) -> None:
        """Say it under the other name."""
        self.record(self.Repeated, at=at, text=Personal(subject, text))

    def count(self, amount: int, *, at: datetime, label: str | None = None) -> None:
        """Count some minutes."""
        self.record(self.Counted, at=at, amount=amount, unit="minutes", label=label)
