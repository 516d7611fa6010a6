"""Programs: what sponsored meetings teach, in which way, and who stands for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from typing_extensions import override

from domain.base import AggregateCreated, Root
from domain.errors import DomainError, InvalidFields
from domain.fields import require_lines, require_texts
from domain.personal import Personal
from domain.values import Modality

_MOST_MINUTES: Final = 12 * 60
_MOST_ITEMS: Final = 30


class ProgramRetired(DomainError):
    """The program is no longer offered."""

    code = "program.retired"


class Program(Root):
    """Objectives, topics and format of a series of sponsored meetings."""

    TOPIC = "peerhour.program"

    class Published(Root.Event, AggregateCreated):
        """A provider offers a program."""

        TOPIC = "peerhour.program.published"
        provider_id: UUID
        title: str
        objectives: list[str]
        topics: list[str]
        modality: Modality
        minutes: int
        instructor_name: Personal[str]
        instructor_qualification: str

    class Revised(Root.Event):
        """The program changed; meetings already held keep what they were held under."""

        TOPIC = "peerhour.program.revised"
        title: str
        objectives: list[str]
        topics: list[str]
        minutes: int
        instructor_name: Personal[str]
        instructor_qualification: str

        @override
        def apply(self, program: Program) -> None:
            program.title = self.title
            program.objectives = self.objectives
            program.topics = self.topics
            program.minutes = self.minutes
            program.instructor_name = self.instructor_name
            program.instructor_qualification = self.instructor_qualification

    class Retired(Root.Event):
        """The program is no longer offered."""

        TOPIC = "peerhour.program.retired"
        reason: str

        @override
        def apply(self, program: Program) -> None:
            program.retired = True

    def __init__(
        self,
        *,
        provider_id: UUID,
        title: str,
        objectives: list[str],
        topics: list[str],
        modality: Modality,
        minutes: int,
        instructor_name: Personal[str],
        instructor_qualification: str,
    ) -> None:
        self.provider_id = provider_id
        self.title = title
        self.objectives = objectives
        self.topics = topics
        self.modality = modality
        self.minutes = minutes
        self.instructor_name = instructor_name
        self.instructor_qualification = instructor_qualification
        self.retired = False

    @classmethod
    def publish(
        cls,
        program_id: UUID,
        *,
        provider_id: UUID,
        title: str,
        objectives: list[str],
        topics: list[str],
        modality: Modality,
        minutes: int,
        instructor_name: Personal[str],
        instructor_qualification: str,
        at: datetime,
    ) -> Program:
        """Offer a program.

        Args:
            program_id: chosen by the caller.
            provider_id: who vouches.
            title: printed on papers; some boards read the topic from it.
            objectives: what a participant can do afterwards; at least one.
            topics: tags for boards that ask for content; may be empty.
            modality: how it is held.
            minutes: planned length of one meeting.
            instructor_name: who stands for the content.
            instructor_qualification: degree or licence, as printed.
            at: now.

        Raises:
            InvalidFields: names every field that needs another look.
        """
        values = _checked(
            title=title,
            objectives=objectives,
            topics=topics,
            minutes=minutes,
            instructor_name=instructor_name,
            instructor_qualification=instructor_qualification,
        )
        return cls.begin(
            cls.Published,
            stream_id=program_id,
            at=at,
            provider_id=provider_id,
            modality=modality,
            **values,
        )

    def revise(
        self,
        *,
        title: str,
        objectives: list[str],
        topics: list[str],
        minutes: int,
        instructor_name: Personal[str],
        instructor_qualification: str,
        at: datetime,
    ) -> None:
        """Change a program for meetings to come.

        Raises:
            ProgramRetired: it is no longer offered.
            InvalidFields: names every field that needs another look.
        """
        if self.retired:
            raise ProgramRetired("This program is no longer offered; publish a new one.")
        values = _checked(
            title=title,
            objectives=objectives,
            topics=topics,
            minutes=minutes,
            instructor_name=instructor_name,
            instructor_qualification=instructor_qualification,
        )
        if any(getattr(self, name) != value for name, value in values.items()):
            self.record(self.Revised, at=at, **values)

    def retire(self, *, reason: str, at: datetime) -> None:
        """Stop offering the program; asking twice changes nothing."""
        require_texts(reason=reason)
        if not self.retired:
            self.record(self.Retired, at=at, reason=reason)


def _checked(**values: Any) -> dict[str, Any]:
    """Return the values of a program once each of them can be used."""
    require_lines(
        title=values["title"], instructor_qualification=values["instructor_qualification"]
    )
    require_texts(
        instructor_name=values["instructor_name"].value or "",
        **{f"objectives.{n}": text for n, text in enumerate(values["objectives"])},
        **{f"topics.{n}": text for n, text in enumerate(values["topics"])},
    )
    if not 1 <= len(values["objectives"]) <= _MOST_ITEMS:
        raise InvalidFields(objectives="Name 1 to 30 objectives.")
    if len(values["topics"]) > _MOST_ITEMS:
        raise InvalidFields(topics="Name at most 30 topics.")
    if not 1 <= values["minutes"] <= _MOST_MINUTES:
        raise InvalidFields(minutes="Choose 1 to 720 minutes.")
    return values
