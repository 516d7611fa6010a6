"""What the JSON API says and hears. Names and types are a public contract: they are only added to.

Bodies refuse fields nobody asked for, so that a slip of the pen is told and not ignored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar.openapi.datastructures import ResponseSpec

from services.web.edge.problems import URN


class Problem(msgspec.Struct, kw_only=True):
    """A refusal (RFC 9457); *code* is stable, *facts* explain."""

    type: Annotated[str, msgspec.Meta(description=f"{URN} followed by the code.")]
    title: str
    status: int
    detail: str
    code: str
    facts: dict[str, Any]
    request_id: str


class Licence(msgspec.Struct, kw_only=True):
    """A licence to practise."""

    licence_id: UUID
    profession: str
    jurisdiction: str
    number: str
    valid_from: date
    valid_until: date | None


class Me(msgspec.Struct, kw_only=True):
    """Who is signed in."""

    member_id: UUID
    name: str
    administrator: bool
    on_leave: bool
    licences: list[Licence]


class Group(msgspec.Struct, kw_only=True):
    """A peer group of the signed-in member; *local_time* is on the clock of *zone*."""

    group_id: UUID
    name: str
    promise: str
    style: str
    zone: str
    weekday: Annotated[int, msgspec.Meta(description="0 is Monday.")]
    local_time: str
    every_weeks: int
    minutes: int
    facilitator_id: UUID
    program_id: Annotated[
        UUID | None, msgspec.Meta(description="Followed by meetings planned from now on.")
    ] = None


class Meeting(msgspec.Struct, kw_only=True):
    """A meeting; instants in UTC, and the zone where people meet."""

    meeting_id: UUID
    group_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    facilitator_id: UUID
    state: str
    moved_from: Annotated[
        datetime | None, msgspec.Meta(description="When it was first planned to begin.")
    ] = None
    called_off_because: str | None = None
    first_title: Annotated[
        str | None,
        msgspec.Meta(description="Under which it was announced first, if it has another now."),
    ] = None
    program_id: Annotated[
        UUID | None, msgspec.Meta(description="The program it is held under, if any.")
    ] = None


class Attendance(msgspec.Struct, kw_only=True):
    """One expected member; *inferred* says that the end was concluded."""

    member_id: UUID
    name: str
    arrived_at: datetime | None
    left_at: datetime | None
    method: str | None
    inferred: bool
    presenting: bool
    evaluated: bool
    corrected: bool
    witnesses: int
    cannot_come: Annotated[
        bool, msgspec.Meta(description="They said so before the meeting; a plan, and no record.")
    ] = False


class Led(msgspec.Struct, kw_only=True):
    """Who led: ``peers`` is nobody, a ``member`` is of the roster, an ``outsider`` has a name."""

    led_by: str
    member_id: UUID | None
    name: str | None
    qualification: str | None


class MeetingWithRoster(Meeting, kw_only=True):
    """A meeting and the roster of its day."""

    roster: list[Attendance]
    led: Annotated[Led | None, msgspec.Meta(description="Empty where nobody said so.")] = None
    regret_id: Annotated[
        UUID | None, msgspec.Meta(description="What you said, if you said that you cannot come.")
    ] = None


class Credit(msgspec.Struct, kw_only=True):
    """An award with its arithmetic; *unit* is the unit's full name."""

    award_id: UUID
    meeting_id: UUID
    kind: str
    rule_id: str
    rule_version: int
    licence_id: UUID | None
    minutes: int
    amount: str
    unit: str
    arithmetic: list[str]
    evidence_strength: str
    withdrawn: bool
    awarded_at: datetime


class HeldCredit(msgspec.Struct, kw_only=True):
    """What a rule would credit, and what is missing."""

    meeting_id: UUID
    rule_id: str
    licence_id: UUID | None
    amount: str
    unit: str
    missing_codes: list[str]
    missing: list[str]


class Overlap(msgspec.Struct, kw_only=True):
    """Two meetings at once; the shared minutes count once."""

    meeting_id: UUID
    other_meeting_id: UUID
    minutes: int


class RuleTotal(msgspec.Struct, kw_only=True):
    """What stands under one rule."""

    kind: str
    rule_id: str
    amount: str
    unit: str
    minutes: int


class Credits(msgspec.Struct, kw_only=True):
    """The member's credits; sponsored credit and claimed peer activity are never added up."""

    totals: list[RuleTotal]
    awards: list[Credit]
    held: list[HeldCredit]
    overlaps: list[Overlap]


class OutsideDocument(msgspec.Struct, kw_only=True):
    """A document that the member sent as proof."""

    media_type: str
    size: int
    sha256: str
    url: str


class OutsideCredit(msgspec.Struct, kw_only=True):
    """What the member earned elsewhere and entered themselves; nothing here vouches for it."""

    credit_id: UUID
    licence_id: UUID
    pack_id: str
    amount: str
    unit: str
    day: date
    title: str
    provider_name: str
    category: str | None
    kind: str | None
    topics: list[str]
    live: bool | None
    document: OutsideDocument | None
    entered_by: Annotated[str, msgspec.Meta(description="Always the member.")]
    entered_at: datetime
    corrected_at: datetime | None


class Certificate(msgspec.Struct, kw_only=True):
    """A certificate of the signed-in member."""

    certificate_id: UUID
    serial: str
    verification_code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    amount: str
    unit: str
    state: str
    issued_at: datetime
    pdf: str


class CertificateFacts(msgspec.Struct, kw_only=True):
    """Every field of a certificate that anybody may compare with the paper."""

    serial: str
    holder: str
    licence: Annotated[str, msgspec.Meta(description="Its number ends in what is shown here.")]
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    modality: str
    minutes: int
    amount: str
    unit: str
    rule: str
    rule_version: int
    rule_source: str
    arithmetic: list[str]
    evidence_strength: str
    evidence: list[str]
    provider: str
    provider_contact: str
    objectives: list[str]
    topics: list[str]
    location: str
    presenter: str
    approvals: list[str]
    authorised_by: str
    issued_at: datetime
    pdf_sha256: str | None


class Verification(msgspec.Struct, kw_only=True):
    """What stands under a verification code: standing, superseded, revoked or unknown."""

    code: str
    state: str
    as_of: datetime
    reason: str | None = None
    changed_at: datetime | None = None
    replaced_by: str | None = None
    certificate: CertificateFacts | None = None


class Accepted(msgspec.Struct, kw_only=True):
    """A command was done; views that have reached *position* show it."""

    position: int
    repeated: Annotated[
        bool, msgspec.Meta(description="Whether this is the first outcome of a repeated command.")
    ]


class CheckInBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """An arrival: by *door_code*, by the facilitator's *roster*, or noted *offline*.

    An offline one tells *arrived_at*; a code beside it must have been on the wall at that time.
    """

    method: str
    door_code: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    member_id: UUID | None = None
    arrived_at: datetime | None = None


class CheckOutBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A departure."""

    method: str
    member_id: UUID | None = None
    left_at: datetime | None = None


class PostponementBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Another time for a meeting that has not begun."""

    starts_at: datetime
    ends_at: datetime


class CancellationBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Why a meeting does not take place."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


class FacilitatorBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Who leads a meeting from now on."""

    member_id: UUID


class EvaluationBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Answers from 1 to 5, by the name of the question."""

    answers: dict[str, int]


def _problem(description: str) -> ResponseSpec:
    return ResponseSpec(
        data_container=Problem,
        description=description,
        generate_examples=False,
        media_type="application/problem+json",
    )


TOO_OFTEN: Final = {429: _problem("Tried too often; Retry-After says how long to wait.")}
SIGNED_IN: Final = {401: _problem("Nobody is signed in.")}
READS: Final = {**SIGNED_IN, 404: _problem("There is none, or it is not yours to see.")}
COMMANDS: Final = {
    **READS,
    400: _problem("Fields cannot be used; facts.fields names each."),
    403: _problem("This is for somebody else to do."),
    409: _problem("Something changed meanwhile."),
    422: _problem("A rule says no."),
    503: _problem("Not just now; repeat with the same Idempotency-Key."),
}
