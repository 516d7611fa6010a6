"""What waits for an administrator, beside what is stuck: people, credit, approvals, claims.

None of it is an error, so nothing would ever be told: an approval ends quietly, and whoever looks
for its credit a year later finds a hole. What nobody but the house can mend is found here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from projections import Connection
from projections.certificate_register import queries as register
from projections.claims_board import fallen_queries
from projections.claims_board.fallen_queries import FallenClaimRow
from projections.offers import queries as offers
from projections.offers.queries import ApprovalRow, ProviderRow
from projections.schedule import program_queries
from projections.schedule import queries as schedule
from projections.schedule.program_queries import HoursRow
from projections.schedule.queries import MeetingRow
from projections.transcript import queries as transcript
from services.house import House
from services.practices.entries import AskedEntry, entries_asked

_OF_THE_HOUSE: Final = frozenset({"provider_approval.missing", "provider_approval.not_determined"})
"""Obstacles to credit that no member and no facilitator can clear."""
_SOON: Final = timedelta(days=60)
_A_YEAR: Final = timedelta(days=365)  # as far as the yearly audit looks back


@dataclass(frozen=True, slots=True)
class HeldCredit:
    """Credit for meetings of a group that waits for an approval.

    Attributes:
        newest: the newest of them.
        meetings: how many they are.
        provider: whose program the group follows; ``None`` where it follows none.
    """

    newest: MeetingRow
    meetings: int
    provider: ProviderRow | None


@dataclass(frozen=True, slots=True)
class EndingApproval:
    """An approval that ends soon or has ended, and that nothing of the same body goes on from.

    Attributes:
        last_day: the last day that counts.
        ended: whether that day is over.
        planned: how many meetings are planned after it that would need it.
    """

    approval: ApprovalRow
    provider: ProviderRow
    last_day: date
    ended: bool
    planned: int


@dataclass(frozen=True, slots=True)
class Unapproved:
    """A provider with meetings on days on which no approval of it counts.

    Attributes:
        held: how many took place in the last year.
        planned: how many are to come.
        first: the first such day.
    """

    provider: ProviderRow
    held: int
    planned: int
    first: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What waits for an administrator; each list is empty on a good day."""

    entries: Sequence[AskedEntry]
    credit: Sequence[HeldCredit]
    approvals: Sequence[EndingApproval]
    unapproved: Sequence[Unapproved]
    claims: Sequence[FallenClaimRow]


async def attention(house: House) -> Attention:
    """Return what waits for an administrator today."""
    now = house.clock.now()
    entries = [each for each in await entries_asked(house) if not each.is_member]
    async with house.views() as conn:
        providers = {each.provider_id: each for each in await offers.providers(conn)}
        owners = await offers.provider_of_programs(conn)
        approvals = _by_provider(await offers.every_approval(conn))
        rows = await program_queries.hours(conn, held_since=now - _A_YEAR, now=now)
        hours: dict[UUID, list[HoursRow]] = defaultdict(list)
        for row in rows:
            if row.program_id in owners:
                hours[owners[row.program_id]].append(row)
        fallen = [
            (each.certificate_id, each.member_id, each.starts_at, each.minutes)
            for each in await register.fallen(conn)
        ]
        return Attention(
            entries=entries,
            credit=await _held_credit(conn, owners, providers),
            approvals=_ending(providers, approvals, hours, now.date()),
            unapproved=_without(providers, approvals, hours),
            claims=await fallen_queries.resting_on_fallen(conn, fallen),
        )


async def _held_credit(
    conn: Connection, owners: Mapping[UUID, UUID], providers: Mapping[UUID, ProviderRow]
) -> list[HeldCredit]:
    """Return the groups whose credit waits for the house, the newest meeting first.

    Those with a provider lead: an approval of it frees the credit, and nothing so quick the others.
    """
    meetings = await schedule.meetings(conn, await transcript.lacking(conn, _OF_THE_HOUSE))
    of_group: dict[UUID, list[MeetingRow]] = defaultdict(list)
    for meeting in sorted(meetings, key=lambda each: (each.starts_at, each.meeting_id)):
        of_group[meeting.group_id].append(meeting)
    found = []
    for held in of_group.values():
        program_id = held[-1].program_id
        owner = None if program_id is None else owners.get(program_id)
        provider = None if owner is None else providers.get(owner)
        found.append(HeldCredit(held[-1], len(held), provider))
    found.sort(key=lambda each: each.newest.starts_at, reverse=True)
    return sorted(found, key=lambda each: each.provider is None)


def _by_provider(rows: Collection[ApprovalRow]) -> Mapping[UUID, Sequence[ApprovalRow]]:
    found: dict[UUID, list[ApprovalRow]] = defaultdict(list)
    for row in rows:
        found[row.provider_id].append(row)
    return found


def _ending(
    providers: Mapping[UUID, ProviderRow],
    approvals: Mapping[UUID, Sequence[ApprovalRow]],
    hours: Mapping[UUID, Sequence[HoursRow]],
    today: date,
) -> list[EndingApproval]:
    """Return the approvals that end within the next days, or ended while meetings need them."""
    found = []
    for provider_id, provider in providers.items():
        for approval in approvals.get(provider_id, ()):
            last = approval.last_day
            if last is None or not today - _A_YEAR <= last <= today + _SOON:
                continue
            same = [each for each in approvals[provider_id] if each.body == approval.body]
            planned = sum(
                row.many
                for row in hours.get(provider_id, ())
                if not row.held
                and row.day > last
                and row.modality in approval.modalities
                and not _approved(same, row)
            )
            if planned if last < today else not _goes_on(same, approval, last):
                found.append(EndingApproval(approval, provider, last, last < today, planned))
    return sorted(found, key=lambda each: (each.last_day, each.provider.name, each.approval.body))


def _goes_on(same: Collection[ApprovalRow], approval: ApprovalRow, last: date) -> bool:
    """Tell whether the same body approves every way of meeting on the day after the last."""
    after = last + timedelta(days=1)
    return all(any(each.covers(after, way) for each in same) for way in approval.modalities)


def _without(
    providers: Mapping[UUID, ProviderRow],
    approvals: Mapping[UUID, Sequence[ApprovalRow]],
    hours: Mapping[UUID, Sequence[HoursRow]],
) -> list[Unapproved]:
    """Return the providers with hours on days on which nobody approves them, by name."""
    found = []
    for provider_id, provider in providers.items():
        bare = [
            row
            for row in hours.get(provider_id, ())
            if not _approved(approvals.get(provider_id, ()), row)
        ]
        if bare:
            held = sum(row.many for row in bare if row.held)
            planned = sum(row.many for row in bare if not row.held)
            found.append(Unapproved(provider, held, planned, min(row.day for row in bare)))
    return found


def _approved(approvals: Collection[ApprovalRow], row: HoursRow) -> bool:
    return any(each.covers(row.day, row.modality) for each in approvals)
