"""What the story's people left each other since their last hour: two words, both invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from domain.corridor.word import Word
from services.house import House

_SAID: Final = (
    (
        "bo",
        timedelta(hours=15),
        False,
        "My new chair squeaks at every honest silence. I am keeping it.",
    ),
    (
        "ana",
        timedelta(hours=43),
        True,
        "A heavy week, and nobody did anything wrong.\nI only wanted to say it to somebody.",
    ),
)


async def leave_words(
    house: House, group_id: UUID, people: dict[str, UUID], *, after: datetime
) -> None:
    """Leave the words; told twice, they are there once.

    Args:
        house: whose corridor it is.
        group_id: the story's group.
        people: its people, by key.
        after: when their last hour was over.
    """
    now = house.clock.now()
    for number, (key, later, just_listen, text) in enumerate(_SAID):
        latest = now - timedelta(minutes=len(_SAID) - number)
        word = Word(
            word_id=uuid5(group_id, f"word:{after.isoformat()}:{key}"),
            group_id=group_id,
            author_id=people[key],
            only_for=None,
            just_listen=just_listen,
            written_at=min(after + later, latest),
            text=text,
        )
        await house.corridor.put(word)
