"""What people call the time where they live; for zones without a name here, the offset is said.

Source: Unicode CLDR, English long names of metazones.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

_Names = Mapping[int, str]  # offset from UTC in minutes: name


def _american(name: str, hours: int) -> _Names:
    return {hours * 60: f"{name} Standard Time", hours * 60 + 60: f"{name} Daylight Time"}


def _european(name: str, hours: int) -> _Names:
    return {hours * 60: f"{name} Standard Time", hours * 60 + 60: f"{name} Summer Time"}


_FAMILIES: Final[tuple[tuple[_Names, str], ...]] = (
    (
        _american("Eastern", -5),
        (
            "America/New_York America/Detroit America/Toronto America/Indiana/Indianapolis "
            "America/Indianapolis America/Kentucky/Louisville America/Montreal America/Nassau "
            "America/Indiana/Vincennes America/Indiana/Winamac "
            "America/Panama America/Jamaica US/Eastern"
        ),
    ),
    (
        _american("Central", -6),
        (
            "America/Chicago America/Winnipeg America/Menominee America/Indiana/Knox "
            "America/Indiana/Tell_City America/North_Dakota/Center America/Mexico_City "
            "America/Regina America/Costa_Rica US/Central"
        ),
    ),
    (
        _american("Mountain", -7),
        (
            "America/Denver America/Phoenix America/Boise America/Edmonton America/Calgary "
            "US/Mountain US/Arizona"
        ),
    ),
    (_american("Pacific", -8), "America/Los_Angeles America/Vancouver America/Tijuana US/Pacific"),
    (_american("Alaska", -9), "America/Anchorage America/Juneau America/Nome America/Sitka"),
    ({-600: "Hawaii Standard Time"}, "Pacific/Honolulu US/Hawaii"),
    (
        {-600: "Hawaii-Aleutian Standard Time", -540: "Hawaii-Aleutian Daylight Time"},
        "America/Adak",
    ),
    (_american("Atlantic", -4), "America/Halifax America/Puerto_Rico America/St_Thomas"),
    ({-210: "Newfoundland Standard Time", -150: "Newfoundland Daylight Time"}, "America/St_Johns"),
    ({-660: "Samoa Standard Time"}, "Pacific/Pago_Pago"),
    ({600: "Chamorro Standard Time"}, "Pacific/Guam Pacific/Saipan"),
    ({0: "Greenwich Mean Time", 60: "British Summer Time"}, "Europe/London"),
    ({0: "Greenwich Mean Time", 60: "Irish Standard Time"}, "Europe/Dublin"),
    (
        _european("Central European", 1),
        (
            "Europe/Berlin Europe/Paris Europe/Madrid Europe/Rome Europe/Vienna Europe/Zurich "
            "Europe/Amsterdam Europe/Brussels Europe/Warsaw Europe/Prague Europe/Stockholm "
            "Europe/Oslo Europe/Copenhagen Europe/Budapest"
        ),
    ),
    (
        _european("Eastern European", 2),
        (
            "Europe/Helsinki Europe/Athens Europe/Bucharest Europe/Sofia Europe/Kyiv Europe/Riga "
            "Europe/Vilnius Europe/Tallinn"
        ),
    ),
    ({330: "India Standard Time"}, "Asia/Kolkata Asia/Calcutta"),
    ({540: "Japan Standard Time"}, "Asia/Tokyo"),
    ({480: "Singapore Standard Time"}, "Asia/Singapore"),
    ({120: "Israel Standard Time", 180: "Israel Daylight Time"}, "Asia/Jerusalem"),
    ({180: "East Africa Time"}, "Africa/Nairobi"),
    ({60: "West Africa Standard Time"}, "Africa/Lagos"),
    ({120: "South Africa Standard Time"}, "Africa/Johannesburg"),
    (
        {600: "Australian Eastern Standard Time", 660: "Australian Eastern Daylight Time"},
        "Australia/Sydney Australia/Melbourne Australia/Brisbane Australia/Hobart",
    ),
    ({480: "Australian Western Standard Time"}, "Australia/Perth"),
    ({720: "New Zealand Standard Time", 780: "New Zealand Daylight Time"}, "Pacific/Auckland"),
    ({0: "Coordinated Universal Time"}, "UTC Etc/UTC"),
)
_BY_ZONE: Final[Mapping[str, _Names]] = MappingProxyType(
    {zone: names for names, zones in _FAMILIES for zone in zones.split()}
)


def zone_name(moment: datetime, zone: str) -> str:
    """Return what the time of *moment* is called.

    Args:
        moment: aware, already in *zone*.
        zone: IANA name.

    Returns:
        ``Mountain Standard Time``; ``UTC+05:45`` for a zone that has no name here.
    """
    offset = moment.utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    return _BY_ZONE.get(zone, {}).get(minutes) or _offset_words(minutes)


def _offset_words(minutes: int) -> str:
    sign = "+" if minutes >= 0 else "-"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
