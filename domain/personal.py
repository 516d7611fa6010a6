"""Personal values that a record must show, typed so that they are always encrypted at rest.

An event field of type ``Personal[str]`` is stored as ciphertext under the key of the person it is
about. When that person is forgotten the key is dropped: the event, its hash and every proof over
it stay as they were, and the value reads as :data:`ERASED`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

ERASED: Final = "[erased]"


@dataclass(frozen=True, slots=True)
class Personal(Generic[T]):
    """A value about one person.

    Attributes:
        subject: the opaque id of the person the value is about.
        value: the value, or ``None`` once the person was forgotten.
    """

    subject: UUID
    value: T | None

    def __repr__(self) -> str:
        """Never show the value: reprs end up in logs and tracebacks."""
        return f"Personal(subject={self.subject!s})"

    @property
    def erased(self) -> bool:
        """Whether the person was forgotten."""
        return self.value is None


def shown(personal: Personal[str] | None) -> str:
    """Return the text as people may see it: the value, ``[erased]``, or nothing."""
    if personal is None:
        return ""
    return ERASED if personal.value is None else personal.value
