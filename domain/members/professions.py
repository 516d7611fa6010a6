"""Professions as people read them; packs and licences keep the board's own short name."""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"
_LABELS: Final = {  # where the pack's own word, with spaces, is not what people would write
    "alcohol_drug_counseling": "Alcohol and drug counseling",
    "bachelors_level_social_work": "Social work, bachelor’s level",
    "cbt": "Cognitive behavioural therapy",
    "masters_level_psychology": "Psychology, master’s level",
    "mft": "Marriage and family therapy",
    "national_certified_counselor": "National Certified Counselor (NCC)",
    OTHER: "Another profession",
}


def label_of(profession: str) -> str:
    """Return a profession as people read it; one that no pack names any more still reads well."""
    words = profession.replace("_", " ").strip()
    return _LABELS.get(profession) or words[:1].upper() + words[1:]
