"""What everybody is told before an hour to which too few can come."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from domain.rules.book import RuleBook
from domain.rules.explain import how_many
from projections import Connection
from projections.people import queries as people
from projections.schedule import queries as schedule
from services.days import local_day_of
from services.meetings.head_counts import NOT_ALONE, least_people, texts_about
from services.web.pages.meetings.view import MeetingView


async def warnings_about(conn: Connection, book: RuleBook, view: MeetingView) -> list[str]:
    """Return in sentences what is missed with who is still expected; nothing if all can come.

    Which texts want more people is told by name to the reader whose licence they are about. Of the
    others' licences everybody learns the figure, and not whose it is.

    Args:
        conn: to the views.
        book: the packs in use.
        view: the meeting as the reader sees it.
    """
    if view.state != "scheduled" or view.expected == len(view.people):
        return []
    group = await schedule.group(conn, view.meeting.group_id)
    told = []
    if group is not None and view.expected < group.size_min:
        told.append(f"The group meets with {group.size_min} people or more.")
    if view.expected < NOT_ALONE:
        told.append("Hardly any board counts an hour that somebody spends alone.")
    mine, others = await _wanted(conn, book, view)
    for name, least in sorted(mine.items()):
        told.append(f"{name} counts an hour with {least} people or more for your licence.")
    if others:
        figures = " or ".join(str(least) for least in sorted(others))
        told.append(f"Some licences in this group want hours with {figures} people or more.")
    if told:
        now = how_many(view.expected, "person is", "people are")
        told.insert(0, f"{now} expected at the moment.")
    return told


async def _wanted(
    conn: Connection, book: RuleBook, view: MeetingView
) -> tuple[Mapping[str, int], Collection[int]]:
    """Return what is missed now that all together would meet: one's own texts; others' figures."""
    day = local_day_of(view.meeting.starts_at, view.meeting.zone)
    mine: dict[str, int] = {}
    others: set[int] = set()
    for each in view.people:
        for pack in texts_about(book, await people.licences(conn, each.member_id), day):
            least = least_people(pack)
            if not max(view.expected, NOT_ALONE) < least <= len(view.people):
                continue
            if view.me is not None and each.member_id == view.me.member_id:
                mine[pack.name] = least
            else:
                others.add(least)
    return mine, others - set(mine.values())
