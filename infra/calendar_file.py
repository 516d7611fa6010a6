"""Hours as a calendar program reads them: iCalendar (RFC 5545, with the names of RFC 7986).

Instants are written in UTC: every entry is one hour of its own, so no rule has to be kept across a
change of clocks, and each program shows its reader's own zone.

What is left out is left out for the programs that read it:

- METHOD makes of a file a message, which needs an organizer (RFC 5546, 3.2.1), and of DTSTAMP the
  time of writing instead of the last change (RFC 5545, 3.8.7.2).
- CLASS: of what is PRIVATE, Google shows in a calendar read by address no more than "busy".
- LAST-MODIFIED: where it has not risen, some (ICSx5) keep the entry as they have it, while here the
  same plan is told in other words once its owner sends regrets or lets the calendar say less.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from domain.calendar.hours import Calendar, CalendarHour, Standing

if TYPE_CHECKING:
    import icalendar

_ASK_EVERY: Final = timedelta(hours=6)
_STATUS: Final = {
    Standing.PLANNED: "CONFIRMED",
    Standing.USUAL: "TENTATIVE",
    Standing.CALLED_OFF: "CANCELLED",
}


def render(calendar: Calendar, host: str) -> bytes:
    """Write a calendar; the same hours give the same bytes.

    Args:
        calendar: its entries, in order.
        host: of this house, so that ids differ from everybody else's.

    Returns:
        UTF-8, lines of at most 75 octets ending in CRLF.
    """
    import icalendar  # a third of a second that only the first reader waits for

    file = icalendar.Calendar()
    file.add("prodid", "-//Peerhour//Hours//EN")
    file.add("version", "2.0")
    file.add("name", calendar.name)
    file.add("x-wr-calname", calendar.name)  # what programs read that know no NAME
    file.add("refresh-interval", _ASK_EVERY, parameters={"value": "DURATION"})
    file.add("x-published-ttl", icalendar.vDuration(_ASK_EVERY))
    for hour in calendar.hours:
        file.add_component(_entry(icalendar.Event(), hour, host))
    return bytes(file.to_ical())


def _entry(entry: icalendar.Event, hour: CalendarHour, host: str) -> icalendar.Event:
    entry.add("uid", f"{hour.uid}@{host}")
    entry.add("dtstamp", hour.changed_at)  # not the clock: unchanged hours are unchanged bytes
    entry.add("sequence", hour.changes)
    entry.add("dtstart", hour.starts_at)
    entry.add("dtend", hour.ends_at)
    entry.add("summary", hour.title)
    entry.add("status", _STATUS[hour.standing])
    entry.add("transp", "TRANSPARENT" if hour.free else "OPAQUE")
    if hour.words:
        entry.add("description", hour.words)
    if hour.address is not None:
        entry.add("url", hour.address)
    return entry
