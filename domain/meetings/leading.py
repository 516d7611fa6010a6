"""Who led a meeting, as somebody said it: nobody, one of the roster, or somebody from outside.

The facilitator of a group opens the door and keeps the record. Whether the hour was *led* is
another question, and boards answer it differently: a supervisor who takes part as an equal makes
a peer group, one who leads makes none. So it is asked for, and where nobody said it nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.fields import require_lines, require_personal_lines
from domain.personal import Personal


class LedBy(StrEnum):
    """Who led."""

    PEERS = "peers"  # nobody: whoever keeps the record takes part as an equal
    MEMBER = "member"  # one of the roster, who did not take part as an equal
    OUTSIDER = "outsider"  # somebody who is not expected at meetings of the group


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody from outside who led a meeting.

    Attributes:
        person_id: under whose key the name is kept.
        name: as they write it.
        profession: of their licence, in the packs' words.
        qualification: degree or licence, in words.
        supervisor: whether they qualify as a clinical supervisor; ``None`` where nobody said.
    """

    person_id: UUID
    name: Personal[str]
    profession: str
    qualification: str
    supervisor: bool | None


@dataclass(frozen=True, slots=True)
class Lead:
    """Who led a meeting.

    Attributes:
        led_by: which of the three.
        member_id: who of the roster; for :attr:`LedBy.MEMBER` alone.
        outsider: who else; for :attr:`LedBy.OUTSIDER` alone.
    """

    led_by: LedBy
    member_id: UUID | None = None
    outsider: Outsider | None = None

    def __post_init__(self) -> None:
        """Hold exactly the person that *led_by* speaks of (a mistake of ours, never a member's)."""
        told = (self.member_id is not None, self.outsider is not None)
        if told != (self.led_by is LedBy.MEMBER, self.led_by is LedBy.OUTSIDER):
            raise ValueError(f"Nobody else than the {self.led_by} is named.")

    @property
    def facilitated(self) -> bool:
        """Whether somebody led who did not take part as an equal."""
        return self.led_by is not LedBy.PEERS


def check_outsider(outsider: Outsider) -> None:
    """Refuse words about an outsider that no record can show.

    Raises:
        InvalidFields: names every field that needs another look.
    """
    require_personal_lines(outsider.person_id, name=outsider.name)
    require_lines(profession=outsider.profession, qualification=outsider.qualification)
