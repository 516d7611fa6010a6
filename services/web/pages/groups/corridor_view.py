"""What somebody sees of a group's corridor, and the form with which they leave a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from domain.corridor.word import FADES_AFTER, LONGEST_WORD, Gone, Word
from services.corridor.words import Corridor, look_into
from services.days import zone_of
from services.web.forms.reading import Field, Filled, Form
from services.web.forms.values import identifier, ticked
from services.web.pages.groups.visit import GroupVisit
from services.web.subjects import names_of

_EVERYBODY: Final = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorView:
    """A group's corridor to one reader.

    Attributes:
        corridor: what they read, and for whom they may write.
        names: of everybody who occurs in it.
        reader_id: who looks.
        zone: IANA name of the reader's place.
    """

    corridor: Corridor
    names: Mapping[UUID, str]
    reader_id: UUID
    zone: str

    @property
    def days(self) -> int:
        """After how many days a word fades."""
        return FADES_AFTER.days

    @property
    def only_reader(self) -> str:
        """Who alone can be written to; nothing if there is a choice, or the whole group."""
        match self.corridor.readers:
            case [UUID() as reader]:
                return self.names[reader]
        return ""

    def is_own(self, word: Word) -> bool:
        """Tell whether the reader wrote it."""
        return word.author_id == self.reader_id

    def stands(self, word: Word) -> bool:
        """Tell whether its text is there."""
        return word.gone is None

    def may_remove(self, word: Word) -> bool:
        """Tell whether the reader may remove it."""
        leads = self.reader_id == self.corridor.facilitator_id
        return leads and word.gone is not Gone.REMOVED and not self.is_own(word)

    def meant_for(self, word: Word) -> str:
        """Return who alone reads it; nothing if the group does."""
        if word.only_for is None:
            return ""
        if word.only_for == self.reader_id:
            return "for you alone"
        return f"only {self.names[word.only_for]} reads it"

    def form(self) -> Form:
        """Return the form; where there is one reader or group to choose, nothing is asked."""
        readers = [(value_of(each), self._label(each)) for each in self.corridor.readers]
        return Form(
            Field(
                name="text",
                label="Your word",
                hint="No client appears here, not even without a name.",
                missing="Write a word, or come back when there is one.",
                kind="textarea",
                longest=LONGEST_WORD,
            ),
            Field(
                name="just_listen",
                label="Just listen: I ask for no advice",
                parse=ticked,
                kind="checkbox",
                required=False,
            ),
            Field(
                name="to",
                label="Who reads it",
                parse=_reader,
                kind="radio" if len(readers) > 1 else "hidden",
                choices=readers,
                missing="Choose who reads it.",
            ),
        )

    def blank(self) -> Filled:
        """Return the form before anybody typed; between single readers, they choose themselves."""
        readers = self.corridor.readers
        settled = self.corridor.may_write_to_all or len(readers) == 1
        return self.form().blank(to=value_of(readers[0]) if settled else None)

    def once_more(self, sent: Filled) -> Filled:
        """Return a form as it was sent, with the readers that can be chosen now.

        Where there is only one, the page says who it is beside the button.
        """
        readers = self.corridor.readers
        to = {"to": [value_of(readers[0])]} if len(readers) == 1 else {}
        return replace(sent, fields=self.form().fields, typed={**sent.typed, **to})

    def _label(self, reader: UUID | None) -> str:
        if reader is None:
            return "Everybody in the group"
        if reader == self.corridor.facilitator_id:
            return f"Only {self.names[reader]}, who holds the group together"
        return f"Only {self.names[reader]}"


def value_of(reader: UUID | None) -> str:
    """Return what stands for a reader in the form; for the group it is a word."""
    return _EVERYBODY if reader is None else str(reader)


async def see_corridor(visit: GroupVisit) -> CorridorView:
    """Return what the visitor sees of it.

    Raises:
        CorridorOfPeers: they do not belong to the group today.
    """
    corridor = await look_into(visit.house, visit.group_id, visit.person_id)
    ids = {word.author_id for word in corridor.words}
    ids |= {word.only_for for word in corridor.words if word.only_for is not None}
    ids |= {reader for reader in corridor.readers if reader is not None}
    async with visit.house.views() as conn:
        names = await names_of(conn, ids)
        zone = await zone_of(conn, visit.person_id, here=visit.view.group.zone)
    return CorridorView(
        corridor=corridor,
        names=names,
        reader_id=visit.person_id,
        zone=zone,
    )


def _reader(text: str) -> UUID | None:
    """Return who alone is to read; which of them may be chosen, the rules decide."""
    return None if text == _EVERYBODY else identifier(text)
