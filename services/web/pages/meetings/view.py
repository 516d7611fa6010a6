"""What somebody sees of a meeting, and what they may do there now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import zip_longest
from typing import Final
from uuid import UUID

from domain.errors import NotFound
from domain.meetings.regrets import Regret
from domain.meetings.rules import ANYBODY_OPENS_AFTER, OPENS_BEFORE, FacilitatorOnly
from projections.roster import queries as roster
from projections.schedule import queries as schedule
from projections.schedule import series_queries as in_series
from services.web.words import record as words

_ASIDE: Final = {"away": " (away)", "absent": " (cannot come)"}


@dataclass(frozen=True, slots=True)
class Attendee:
    """One member of the roster; who is away or cannot come is not expected, and nobody asks why."""

    name: str
    row: roster.RosterRow
    away: bool = False
    cannot_come: bool = False

    @property
    def member_id(self) -> UUID:
        """Who it is."""
        return self.row.member_id

    @property
    def kind(self) -> str:
        """``here``, ``left``, ``away``, ``absent`` or ``expected``; the page adds words."""
        if self.row.here:
            return "here"
        if self.row.arrived_at is not None:
            return "left"
        if self.away:
            return "away"
        return "absent" if self.cannot_come else "expected"

    @property
    def seen(self) -> str:
        """What a form about this presence was shown, to notice that it changed."""
        row = self.row
        facts = (row.arrived_at, row.left_at, row.corrected, row.comings, row.goings)
        return sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def stays(self) -> list[tuple[datetime, datetime | None]]:
        """When they were there, as it counts now; the last stay may still go on."""
        return list(zip_longest(self.row.comings, self.row.goings))

    @property
    def refusal(self) -> str:
        """Why a check-in was refused, in words; empty if none was."""
        code = self.row.last_refusal
        return "" if code is None else words.REFUSED.get(code, "tried to check in")


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingView:
    """A meeting to one reader at one moment.

    Attributes:
        people: everybody expected, by name, so that no row moves under a finger.
        me: the reader on the roster; ``None`` for an administrator who only looks.
        leads: whether the reader decides here: the facilitator, or an administrator.
        opened: whether the reader opened the door.
        observed: whom meeting tools saw; for who leads alone.
        tools_saw_me: where and how long meeting tools saw the reader.
        lead: who led, as somebody recorded it; ``None`` where nobody did.
        led: the same in a sentence; empty where nobody did.
        part: which part of which series it is; empty where it is none.
        my_regrets: what the reader said about this meeting, also about other times of it.
    """

    meeting: schedule.MeetingRow
    people: Sequence[Attendee]
    me: Attendee | None
    leads: bool
    opened: bool
    observed: Sequence[roster.ObservedRow]
    now: datetime
    unled: bool = False
    lead: in_series.LeadRow | None = None
    led: str = ""
    part: str = ""
    tools_saw_me: Sequence[roster.ObservedRow] = ()
    my_regrets: Sequence[Regret] = ()

    @property
    def state(self) -> str:
        """Where the meeting stands."""
        return self.meeting.state

    @property
    def opens_at(self) -> datetime:
        """From when on the door can be opened."""
        return self.meeting.starts_at - OPENS_BEFORE

    @property
    def may_open(self) -> bool:
        """Whether the reader can open the door now."""
        in_time = self.opens_at <= self.now < self.meeting.ends_at
        whose = self.leads or self.unled or self._late
        return self.state == "scheduled" and in_time and whose

    @property
    def may_change_plan(self) -> bool:
        """Whether the reader can move the meeting or call it off."""
        return self.leads and self.state == "scheduled"

    @property
    def may_hand_over(self) -> bool:
        """Whether the reader can let somebody else lead."""
        return self.leads and self.state in {"scheduled", "open"} and len(self.people) > 1

    @property
    def may_show_code(self) -> bool:
        """Whether the reader may see the room's code: who leads, or who opened in their stead."""
        return self.state == "open" and (self.leads or self.opened)

    @property
    def here(self) -> int:
        """How many are in the room."""
        return sum(each.row.here for each in self.people)

    @property
    def expected(self) -> int:
        """How many are expected, whoever came among them; not who is away or cannot come."""
        return sum(each.kind not in {"away", "absent"} for each in self.people)

    @property
    def absent(self) -> list[str]:
        """Who said that they cannot come, by name."""
        return [each.name for each in self.people if each.kind == "absent"]

    @property
    def leader_cannot_come(self) -> bool:
        """Whether who leads said that they cannot come."""
        who = self.meeting.facilitator_id
        return any(each.member_id == who and each.kind == "absent" for each in self.people)

    @property
    def regret(self) -> Regret | None:
        """What the reader said about this very hour, while it can be taken back."""
        if not self._before:
            return None
        return next((each for each in self.my_regrets if self._is_about_now(each)), None)

    @property
    def regret_of_another_time(self) -> Regret | None:
        """What the reader said about the meeting before it moved, and holds no more."""
        return next((each for each in self.my_regrets if not self._is_about_now(each)), None)

    @property
    def may_send_regrets(self) -> bool:
        """Whether the reader can say that they cannot come."""
        return self._before and self.me is not None and self.me.kind == "expected"

    @property
    def came(self) -> int:
        """How many were in the room at any time."""
        return sum(each.row.arrived_at is not None for each in self.people)

    @property
    def facilitator(self) -> str:
        """The facilitator's name."""
        who = self.meeting.facilitator_id
        return next((each.name for each in self.people if each.member_id == who), "Somebody")

    @property
    def presenter(self) -> Attendee | None:
        """Who presents now."""
        return next((each for each in self.people if each.row.presenting), None)

    @property
    def was_there(self) -> bool:
        """Whether the reader came at all."""
        return self.me is not None and self.me.row.arrived_at is not None

    @property
    def may_evaluate(self) -> bool:
        """Whether an evaluation of the reader is still open."""
        if self.me is None or self.me.row.evaluated:
            return False
        # After the close a report or a correction may show who was there, so anybody is asked.
        return self.state == "closed" or (self.state == "open" and self.was_there)

    @property
    def plan_seen(self) -> str:
        """What a form about the plan was shown, to notice that it changed."""
        return f"{self.state} {self.meeting.starts_at.isoformat()}"

    @property
    def title_seen(self) -> str:
        """What a form about the title was shown, to notice that it changed."""
        shown = f"{self.state} {self.meeting.title}"
        return sha256(shown.encode()).hexdigest()[:16]

    def others(self) -> list[tuple[UUID, str]]:
        """Return everybody on the roster but who leads, and which of them will not be there."""
        leads = self.meeting.facilitator_id
        return [
            (each.member_id, each.name + _ASIDE.get(each.kind, ""))
            for each in self.people
            if each.member_id != leads
        ]

    def attendee(self, member_id: UUID) -> Attendee:
        """Return somebody on the roster.

        Raises:
            NotFound: they are not expected here.
        """
        for each in self.people:
            if each.member_id == member_id:
                return each
        raise NotFound("This person is not on the roster of this meeting.")

    def require_lead(self) -> None:
        """Leave the rest of this page to who leads.

        Raises:
            FacilitatorOnly: the reader does not.
        """
        if not self.leads:
            raise FacilitatorOnly(f"This is for {self.facilitator}, who leads this meeting.")

    @property
    def _before(self) -> bool:
        return self.state == "scheduled" and self.now < self.meeting.ends_at

    def _is_about_now(self, regret: Regret) -> bool:
        return regret.starts_at == self.meeting.starts_at

    @property
    def _late(self) -> bool:
        return self.now >= self.meeting.starts_at + ANYBODY_OPENS_AFTER
