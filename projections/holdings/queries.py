"""Questions to the view ``holdings``: what access people have, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.access.grants import by_open_house, seat_grant
from domain.access.table import AccessState
from domain.access.union import Access, Grant, GrantKind, Steps, access_of
from domain.memberships.rules import own_membership_id
from domain.values import EARLIEST
from projections import Connection

_STEPS: Final = """SELECT kind, source_id, holder_id, at, state FROM grant_step
                    WHERE holder_id = ANY ($1) ORDER BY holder_id, kind, source_id, position,
                          by_itself"""
_PRACTICES: Final = """SELECT s.source_id, s.holder_id FROM grant_source s
                        WHERE s.source_id = ANY ($1)"""
_SOURCES: Final = """SELECT DISTINCT kind, source_id FROM grant_step WHERE holder_id = $1
                      ORDER BY kind, source_id"""

_Lines = dict[tuple[UUID, str, UUID], Steps]


async def sources_of(conn: Connection, member_id: UUID) -> list[tuple[str, UUID]]:
    """Return the streams of which a member's access comes, with their kinds."""
    rows = await conn.fetch(_SOURCES, member_id)
    return [(row["kind"], row["source_id"]) for row in rows]


async def access_of_many(
    conn: Connection, member_ids: Collection[UUID], *, takes_dues: bool
) -> dict[UUID, Access]:
    """Return what some members may do, by the domain's own rules.

    Args:
        conn: to the view.
        member_ids: whom to ask about; nobody is unknown, whoever has nothing has a first meeting.
        takes_dues: whether the house does; where it does not, everything is open to everybody.
    """
    if not takes_dues:
        return dict.fromkeys(member_ids, access_of([by_open_house()]))
    lines = await _lines(conn, member_ids)
    pools = {source for _, kind, source in lines if kind == GrantKind.SEAT}
    practice_of = {row[0]: row[1] for row in await conn.fetch(_PRACTICES, list(pools))}
    paid = await _lines(conn, set(practice_of.values()))
    grants: dict[UUID, list[Grant]] = defaultdict(list)
    over: dict[UUID, Steps] = {}  # the end of what everybody is given, where there is one
    for (holder_id, kind, source_id), steps in lines.items():
        match GrantKind(kind):
            case GrantKind.FIRST_MEETING:
                over[holder_id] = steps
            case GrantKind.SEAT:
                practice = practice_of[source_id]
                own = practice, GrantKind.MEMBERSHIP.value, own_membership_id(practice)
                dues = paid.get(own, ())
                grants[holder_id].append(seat_grant(steps, dues))
            case other:
                grants[holder_id].append(Grant(other, steps))
    for each in set(member_ids):
        first = ((EARLIEST, AccessState.FULL), *over.get(each, ()))
        grants[each].append(Grant(GrantKind.FIRST_MEETING, first))
    return {each: access_of(grants[each]) for each in set(member_ids)}


async def away(
    conn: Connection, member_ids: Collection[UUID], at: datetime, *, takes_dues: bool
) -> set[UUID]:
    """Return which of some members their peers see as away at an instant."""
    found = await access_of_many(conn, member_ids, takes_dues=takes_dues)
    return {each for each, access in found.items() if access.seen_by_peers(at) == "away"}


async def _lines(conn: Connection, holder_ids: Collection[UUID]) -> _Lines:
    rows: list[Any] = await conn.fetch(_STEPS, list(holder_ids))
    lines: dict[tuple[UUID, str, UUID], list[tuple[datetime, AccessState]]] = defaultdict(list)
    for row in rows:
        line = lines[row["holder_id"], row["kind"], row["source_id"]]
        line.append((row["at"], AccessState(row["state"])))
    return {key: tuple(steps) for key, steps in lines.items()}
