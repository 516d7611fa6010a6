"""A member's name, and what papers can show of it.

Members are here under their own name, in whatever script. Papers cannot set every script yet, so
beside the name there can be a second way to write it, as on a licence or a passport.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

from domain.errors import NotFound
from domain.members.member import Member
from domain.personal import shown
from services.dispatch import Work
from services.house import House


@dataclass(frozen=True, slots=True)
class NameOnPapers:
    """How a member is named.

    Attributes:
        name: their own, as everybody here reads it.
        spelling: how papers write it, where they write it in another way; else empty.
        unprintable: the letters for which no paper can be drawn today; mostly none.
    """

    name: str
    spelling: str
    unprintable: tuple[str, ...]


async def naming_of(house: House, member_id: UUID) -> NameOnPapers:
    """Return how a member is named, as it stands and not as views show it.

    Raises:
        NotFound: nobody is registered under this id, or they are forgotten.
    """
    member = await Work(house.store, uuid4()).find(Member, member_id)
    if member is None or member.forgotten:
        raise NotFound("You are not registered here any more.")
    spelling = "" if member.spelling is None else shown(member.spelling)
    name = shown(member.name_on_papers)
    return NameOnPapers(name, spelling, await unprintable(house, spelling or name))


async def unprintable(house: House, name: str) -> tuple[str, ...]:
    """Return the characters of a name that papers cannot show; the fonts are read in a thread."""
    return tuple(await asyncio.to_thread(house.unprintable, name))


def cannot_print(letters: tuple[str, ...]) -> str:
    """Return the sentence for letters that papers cannot show."""
    return f"Papers cannot print {' '.join(letters)} yet."
