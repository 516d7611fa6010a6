"""What stands on a certificate: every field a board asks for, and what makes it complete.

The fields come from what boards were seen to require (the notes on regulation, §3.3). Values are
plain, so that a paper can be rebuilt from events alone; how it looks is for infra to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from domain.certificates import verification_code
from domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE: Final = 200  # characters in a name, an address, a number
_TEXT: Final = 2_000  # characters in an objective, a statement, a sentence
_ITEMS: Final = 50  # objectives, topics, sentences, presenters, approvals each

_AMOUNT: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?", re.ASCII)
_LINK: Final = re.compile(r"https?://[!-~]{1,190}", re.ASCII)
_CEU: Final = re.compile(r"\b(c\.?\s?e\.?\s?u\.?s?|continuing education units?)(?!\w)", re.ASCII)
_SAYS_NOTHING: Final = frozenset({"a", "and", "contact", "credit", "hour", "of", "or", "unit"})


class PaperIncomplete(DomainError):
    """A field that a board asks for is empty; ``facts["fields"]`` names each."""

    code = "paper.incomplete"


class PaperContradictsItself(DomainError):
    """Two fields cannot both be true, or a value cannot be read; ``facts["fields"]``."""

    code = "paper.contradictory"


class PaperTooLong(DomainError):
    """A text is longer than a paper can show; ``facts["fields"]``."""

    code = "paper.too_long"


class BareCeu(DomainError):
    """The unit is called "CEU" and nothing says whose.

    One CEU is ten contact hours to some bodies and sixty minutes to others, so the word alone
    says nothing (notes on regulation, §3.2).
    """

    code = "paper.bare_ceu"


class CreditKind(StrEnum):
    """Who stands behind the credit."""

    SPONSORED = "sponsored"
    CLAIMED = "claimed peer activity"
    SUPERVISION = "supervision record"
    PORTFOLIO = "portfolio entry"

    @property
    def sentence(self) -> str:
        """Return what the paper says about it."""
        return _SENTENCES[self]

    @property
    def paper(self) -> str:
        """Return what it ends in: a certificate, or a pack of evidence that the member keeps."""
        return "certificate" if self is CreditKind.SPONSORED else "evidence pack"


_SENTENCES: Final = {
    CreditKind.SPONSORED: (
        "Sponsored credit: the provider named here offered this activity under the "
        "approvals listed and vouches for the attendance."
    ),
    CreditKind.CLAIMED: (
        "Claimed peer activity: the member named here claims this activity under the rules "
        "of the board named here; the record shows attendance and is no board's approval."
    ),
    CreditKind.SUPERVISION: (
        "Supervision record: the member named here took part in supervision among peers; the "
        "record shows attendance, and the body named here decides whether it accepts it."
    ),
    CreditKind.PORTFOLIO: (
        "Portfolio entry: the member named here keeps this activity in a portfolio; the body "
        "named here counts no hours and may ask to see it."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceLine:
    """The licence that the credit is for."""

    kind: str  # Licensed Clinical Social Worker
    jurisdiction: str
    number: str | None = None  # some boards want it, some forbid to print it


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenterLine:
    """Who presented or facilitated, and what qualifies them."""

    name: str
    qualifications: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLine:
    """Who offered the activity, and how a board reaches them."""

    name: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLine:
    """One body's approval, in the words that body prescribes."""

    body: str
    number: str
    statement: str
    sole_responsibility: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePaper:
    """One certificate as it is printed.

    Attributes:
        serial: the provider's number; *version* counts from 1.
        verification_code: fourteen symbols, or as printed.
        verify_url: the public page that checks the code; no personal data in it.
        holder_name: as on the licence; *holder_name_native* is an optional second line.
        licence: whose credit it is; required with its number where *licence_number_required*.
        objectives, topics: of the program and of this meeting; never what anybody said.
        starts_at, ends_at: aware instants of the meeting; printed in *zone* (IANA name).
        delivery: format and live or interactive wording, for example "Live, interactive video".
        minutes_attended: whole minutes in the room, never more than the meeting was long.
        credit_amount: exact decimal text in *credit_unit* under *rule_set*, *rule_set_version*.
        arithmetic: how the amount was counted, a sentence a step.
        evidence_strength: how well presence is shown, in words.
        supersedes: serial of the certificate that this one replaces.
    """

    serial: str
    version: int
    verification_code: str
    verify_url: str
    holder_name: str
    holder_name_native: str | None = None
    licence: LicenceLine | None = None
    licence_number_required: bool = False
    title: str
    objectives: tuple[str, ...]
    topics: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    zone: str
    location: str
    delivery: str
    minutes_attended: int
    credit_kind: CreditKind
    credit_amount: str
    credit_unit: str
    rule_set: str
    rule_set_version: str
    arithmetic: tuple[str, ...]
    evidence_strength: str
    presenters: tuple[PresenterLine, ...]
    provider: ProviderLine
    approvals: tuple[ApprovalLine, ...] = ()
    authorised_by: str
    authorised_role: str
    issued_at: datetime
    supersedes: str | None = None


def texts(paper: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a paper with the name of its field, for example ``provider.name``."""
    for name in (field.name for field in fields(paper)):  # type: ignore[arg-type] # lines nest
        value = getattr(paper, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, str):
                yield prefix + name, str(item)
            elif isinstance(item, (LicenceLine, PresenterLine, ProviderLine, ApprovalLine)):
                yield from texts(item, f"{prefix}{name}.")


def missing_fields(paper: CertificatePaper) -> list[str]:
    """Name the fields that are still empty, in the order of the paper.

    A text of blanks is empty; every list but *topics* needs one entry, and sponsored credit needs
    an approval. ``licence.number`` is missing only where the rule set wants it.
    """
    missing = [name for name, text in texts(paper) if not text.strip()]
    wanted = ["objectives", "arithmetic", "presenters"]
    if paper.credit_kind is CreditKind.SPONSORED:
        wanted.append("approvals")
    missing += [name for name in wanted if not getattr(paper, name)]
    if paper.licence_number_required and not (paper.licence and paper.licence.number):
        missing.append("licence.number")
    return list(dict.fromkeys(missing))


def check(paper: CertificatePaper) -> None:
    """Refuse a paper that must not be printed.

    Raises:
        PaperIncomplete: fields are empty.
        PaperTooLong: a text or list is longer than a paper can show.
        BareCeu: the unit is "CEU" without whose.
        PaperContradictsItself: times, minutes, amount, code, link or version cannot be right.
    """
    if missing := missing_fields(paper):
        raise PaperIncomplete(
            f"You cannot issue this certificate yet: {', '.join(missing)} still needed.",
            fields=missing,
        )
    if long := _too_long(paper):
        raise PaperTooLong(
            f"You need to shorten {', '.join(long)} before this fits a certificate.", fields=long
        )
    if is_bare_ceu(paper.credit_unit):
        raise BareCeu(
            "You need to name the unit of this credit, such as contact hours: "
            "CEU alone means different things to different boards.",
        )
    if wrong := list(_contradictions(paper)):
        raise PaperContradictsItself(
            f"You need to look at {', '.join(wrong)} again: the values do not fit together.",
            fields=wrong,
        )


def is_bare_ceu(unit: str) -> bool:
    """Tell whether *unit* says CEU without saying whose or how long.

    >>> is_bare_ceu("C.E.U.s"), is_bare_ceu("IACET CEU"), is_bare_ceu("contact hours")
    (True, False, False)
    """
    rest, found = _CEU.subn(" ", unit.casefold())
    words = (word.removesuffix("s") for word in re.findall(r"\w+", rest))
    return found > 0 and all(word in _SAYS_NOTHING for word in words)


def _too_long(paper: CertificatePaper) -> list[str]:
    paragraphs = {"title", "objectives", "topics", "arithmetic", "evidence_strength"}
    paragraphs |= {"approvals.statement", "approvals.sole_responsibility"}
    limits = dict.fromkeys(paragraphs, _TEXT) | {"title": 2 * _LINE, "credit_unit": 60}
    long = [name for name, text in texts(paper) if len(text) > limits.get(name, _LINE)]
    lists = ("objectives", "topics", "arithmetic", "presenters", "approvals")
    long += [name for name in lists if len(getattr(paper, name)) > _ITEMS]
    return list(dict.fromkeys(long))


def _contradictions(paper: CertificatePaper) -> Iterator[str]:
    if paper.version < 1:
        yield "version"
    try:
        verification_code.normalise(paper.verification_code)
    except verification_code.MalformedCode:
        yield "verification_code"
    if not _LINK.fullmatch(paper.verify_url):
        yield "verify_url"
    instants = ("starts_at", "ends_at", "issued_at")
    if naive := [name for name in instants if getattr(paper, name).utcoffset() is None]:
        yield from naive
        return
    length = paper.ends_at - paper.starts_at
    if length <= timedelta(0) or paper.issued_at < paper.starts_at:
        yield "ends_at" if length <= timedelta(0) else "issued_at"
    if not timedelta(0) < timedelta(minutes=paper.minutes_attended) <= length:
        yield "minutes_attended"
    if not _AMOUNT.fullmatch(paper.credit_amount) or not paper.credit_amount.strip("0."):
        yield "credit_amount"
    if paper.supersedes == paper.serial:
        yield "supersedes"
