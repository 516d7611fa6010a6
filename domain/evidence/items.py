"""What a text wants a member to be able to show, and whether our paper shows it.

Packs name the evidence in the words of their text. The few words that an evidence pack shows for
certain are declared here; whatever is not declared is the member's to keep. So a new pack can make
the paper promise too little, and never too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.certificates.papers import CreditKind
from domain.rules.model import Pack


class Kept(StrEnum):
    """Who has a piece of evidence."""

    HERE = "shown here"
    BY_MEMBER = "keep it yourself"


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence.

    Attributes:
        what: in the words of the text.
        kept: who has it.
        note: what of it stands here all the same, or where; may be empty.
    """

    what: str
    kept: Kept
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text wants shown for some of its rules.

    Attributes:
        rules: the names of the rules, as the body calls them.
        clause: the citation.
        items: empty where the text read names no evidence.
        signer: who signs; empty where the text read names nobody.
    """

    rules: tuple[str, ...]
    clause: str
    items: tuple[Item, ...]
    signer: str


_WITH_EACH: Final = "with each meeting"
_ACCOUNT: Final = "in the account"
_NOT_WHO: Final = "how many were present stands here, not who"

SHOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activities": "those held in Peerhour; add the others",
        "activity log": "of the meetings held in Peerhour; add the other activities",
        "contact hours": _ACCOUNT,
        "date and time of each meeting": _WITH_EACH,
        "date and time span": _WITH_EACH,
        "dates": _WITH_EACH,
        "outlines or topics of the meetings": "the title of each, and its topics where it has any",
        "proof of actual attendance, content and duration": _WITH_EACH,
        "records of supervision": _WITH_EACH,
        "topics, dates and times": "the title of each, and its topics where it has any",
        "total number of hours": _ACCOUNT,
        "type of activity": "as the body calls it, with each meeting",
        "units earned": _ACCOUNT,
    }
)

_SOME_OF_IT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a peer's signature": "a line for it stands at the end",
        "attendance kept by a recording secretary": "a line for the signature stands at the end",
        "certificate at the end of the reporting period with the hours": (
            "the hours stand here, with a line for the signature"
        ),
        "dated chronological list of all CPD over two years, gaps of three months explained": (
            "the meetings held in Peerhour stand here in order"
        ),
        "location": "how each meeting was held stands here, not where",
        "minutes with participants, subject and references": _NOT_WHO,
        "name of the presenter, course or program": "the title of each meeting stands here",
        "names of participants": _NOT_WHO,
        "record of each meeting: participants, subject, references to written material": _NOT_WHO,
        "signed certificate": "a line for the signature stands at the end",
        "signed record of attendance at supervision": "the dates and times stand here, unsigned",
    }
)


def item(what: str) -> Item:
    """Return a piece of evidence with who has it.

    >>> item("dates").kept.value, item("written reflection").kept.value
    ('shown here', 'keep it yourself')
    """
    shown = SHOWN.get(what)
    if shown is not None:
        return Item(what, Kept.HERE, shown)
    return Item(what, Kept.BY_MEMBER, _SOME_OF_IT.get(what, ""))


def wanted_by(pack: Pack) -> tuple[Wanted, ...]:
    """Return what a text wants shown for all that does not end in a certificate.

    Rules that want the same are named together, in the order of the text.
    """
    names: dict[tuple[str, Sequence[str], str], list[str]] = {}
    for rule in pack.rules:
        if rule.credit_kind is not CreditKind.SPONSORED:
            names.setdefault((rule.clause, rule.evidence, rule.signer), []).append(rule.name)
    return tuple(
        Wanted(tuple(rules), clause, _items(evidence), signer)
        for (clause, evidence, signer), rules in names.items()
    )


def _items(evidence: Iterable[str]) -> tuple[Item, ...]:
    return tuple(item(what) for what in evidence)
