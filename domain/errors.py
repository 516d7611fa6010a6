"""Refusals: the named ways in which a rule says no.

Each refusal class stands beside the rule that raises it; only the root and the few that every
subject shares stand here. A refusal is expected, safe to show to the person who asked, and leaves
nothing changed.
"""

from __future__ import annotations


class DomainError(Exception):
    """A rule said no: expected, named, and safe to show to the person who asked.

    Args:
        message: one sentence for the person, in the second person and present tense.
        facts: plain values that explain the refusal (ids, counts, names of missing things);
            never personal data, because refusals are logged and stored.
    """

    code = "domain_error"  # public contract: never changes once released

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to see."""

    code = "not_found"


class NotAllowed(DomainError):
    """The person is known, but this is for somebody else to do."""

    code = "not_allowed"


class AlreadyExists(DomainError):
    """The id is taken by something else."""

    code = "already_exists"


class Stale(DomainError):
    """The thing changed since the person looked; look again, then decide."""

    code = "stale"


class TooBig(DomainError):
    """What arrived is larger than we take."""

    code = "too_big"


class InvalidFields(DomainError):
    """Some fields cannot be used; ``facts["fields"]`` maps each field to a sentence."""

    code = "invalid_fields"

    def __init__(self, message: str = "Some fields need another look.", **fields: str) -> None:
        super().__init__(message, fields=fields)
        self.fields = fields
