"""Personal values that a record must show, typed so that they are always encrypted at rest.

An event field of type ``Personal[str]`` is stored as ciphertext under the key of the person it is
about. When that person is forgotten the key is dropped: the event, its hash and every proof over
it stay as they were, and the value reads as :data:`ERASED`.
"""

from __future__ import annotations

from typing import Final, Generic, TypeVar
from uuid import UUID

T = TypeVar("T")

ERASED: Final = "[erased]"


class Personal(Generic[T]):
    """A value about one person.

    Deliberately no dataclass: encoders that understand dataclasses would write the value in clear,
    while an unknown class stops them unless they were told how to encrypt it.

    Attributes:
        subject: the opaque id of the person the value is about.
        value: the value, or ``None`` once the person was forgotten.
    """

    __slots__ = ("subject", "value")

    subject: UUID
    value: T | None

    def __init__(self, subject: UUID, value: T | None) -> None:
        object.__setattr__(self, "subject", subject)
        object.__setattr__(self, "value", value)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: values never change."""
        raise AttributeError(f"Personal values are frozen: {name} cannot be set.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Personal):
            return NotImplemented
        return self.subject == other.subject and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash((self.subject, self.value))

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
