"""The words of an evidence pack, in the order in which a reader who checks it asks."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from domain.certificates.papers import CreditKind
from domain.evidence.items import Kept
from domain.evidence.lines import CapLine, FloorLine
from domain.rules.explain import explained, how_many, of_unit, plain
from domain.rules.model import Confidence
from domain.rules.periods import Per
from domain.values import Modality
from infra.papers.words import Row, clock, dates, day, local, times, weekday

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from domain.evidence.items import Wanted
    from domain.evidence.lines import Attended, Change, Credit, RuleSum, SelfEntered
    from domain.evidence.pack import EvidencePack
    from domain.rules.explain import Step

HEADING: Final = "Evidence pack"
NOT_THIS: Final = (
    "It is no certificate, and no board has approved it. How many hours count is our reading of "
    "the text named here, shown step by step so that anybody can check it; the body decides. "
    "“You” in these steps is the member named here."
)
CERTIFICATES: Final = (
    "Sponsored credit listed here is shown by the provider's own certificate. It stands here only "
    "so that the account is complete."
)
OTHERS: Final = (
    "How many people were present is shown, and not who: the others did not ask for this paper."
)
ENTERED: Final = (
    "Everything below was entered by the member. Peerhour did not see it and does not vouch for "
    "it; it is counted in the account, and marked there."
)
NOT_KEPT: Final = "What was said in a meeting is kept nowhere."

_READ: Final = {
    Confidence.PRIMARY: "read in the body's own text",
    Confidence.SECONDARY: "read in somebody else's account of it",
    Confidence.MIXED: "read partly in the body's own text, partly in somebody else's account",
    Confidence.OURS: "our own rule, no body's text",
}
_WAY: Final = {
    Modality.IN_ROOM: "in person",
    Modality.LIVE_VIDEO: "by live video",
    Modality.PHONE: "by telephone",
}


def foot(pack: EvidencePack) -> str:
    """Return what stands below every page, so that a loose one finds back."""
    return f"{HEADING} of {pack.holder_name}. {pack.text.body}, {cycle(pack)}"


def cycle(pack: EvidencePack) -> str:
    """Return the first and last day of the cycle, or of the period named in its place."""
    return f"{day(pack.from_day)} to {day(pack.until_day)}"


def total(pack: EvidencePack) -> str:
    """Return what counts, of how much."""
    account = pack.account
    if account.required is None:
        return of_unit(account.counted, account.unit)
    return f"{plain(account.counted)} of {of_unit(account.required, account.unit)}"


def amount_of(credit: Credit) -> str:
    """Return the amount with its unit."""
    return of_unit(credit.amount, credit.unit)


def cover(pack: EvidencePack) -> Iterator[Row]:
    """Yield the rows of the first page."""
    text = pack.text
    span = f"{weekday(pack.from_day)} to {weekday(pack.until_day)}"
    if pack.chosen:
        yield Row("cycle", "Period", (f"{span}, named by the member; it is no cycle of the body",))
    else:
        yield Row("cycle", "Cycle", (span,))
    yield Row("text", "Text", (f"{text.body}: {text.clause}",))
    how = f"Version {text.version} here, checked on {day(text.checked)}, {_READ[text.confidence]}."
    yield Row("source", "Where it was read", (text.address, *text.more, how))
    what = [kind.sentence for kind in pack.kinds]
    if any(c.kind is CreditKind.SPONSORED for m in pack.attended for c in m.credits):
        what.append(CERTIFICATES)
    yield Row("kinds", "What this is", tuple(what))
    yield Row("not_this", "What it is not", (NOT_THIS,))
    if text.notes:
        yield Row("notes", "Left open by it", (text.notes,))
    yield Row("others", "Other members", (OTHERS,))
    made = local(pack.made_at, "UTC")
    as_of = f"As the record stood on {weekday(made)}, {clock(made)} UTC."
    yield Row("made_at", "Made", (as_of,))


def account(pack: EvidencePack) -> Iterator[Row]:
    """Yield the cycle's account, from what was earned to what is still to go."""
    lines, unit = pack.account, pack.account.unit
    if pack.recorded:
        yield Row("recorded", "Recorded", tuple(map(_recorded, pack.recorded)))
    yield Row("earned", "Earned", (of_unit(lines.earned, unit),))
    if lines.cut:
        yield Row("cut", "Cut by limits", (of_unit(lines.cut, unit),))
    if lines.carried_in:
        yield Row("carried_in", "Carried in", (of_unit(lines.carried_in, unit),))
    yield Row("counted", "Counts", (of_unit(lines.counted, unit),))
    if lines.required is not None and lines.lacks is not None:
        to_go = f", {plain(lines.lacks)} to go" if lines.lacks else ""
        yield Row("required", "Required", (f"{of_unit(lines.required, unit)}{to_go}",))
    if lines.categories_wanted is not None:
        have = ", ".join(lines.categories) or "none so far"
        wanted = f"{lines.categories_wanted} wanted; these count: {have}"
        yield Row("categories", "Categories", (wanted,))
    if lines.caps:
        yield Row("caps", "Limits", tuple(_cap(each, unit) for each in lines.caps))
    if lines.floors:
        yield Row("floors", "At least", tuple(_floor(each) for each in lines.floors))
    open_ones = tuple(each.sentence for each in lines.missing)
    if open_ones:
        yield Row("missing", "Not determined", open_ones)
    yield Row("steps", "How", sentences(lines.steps))


def meeting_heading(number: int, meeting: Attended) -> str:
    """Return the number and day of a meeting."""
    begin, end = local(meeting.starts_at, meeting.zone), local(meeting.ends_at, meeting.zone)
    return f"{number}. {dates(begin, end)}"


def meeting(pack: EvidencePack, shown: Attended) -> Iterator[Row]:
    """Yield the rows of one meeting."""
    begin, end = local(shown.starts_at, shown.zone), local(shown.ends_at, shown.zone)
    yield Row("starts_at", "Start and end", (times(begin, end, shown.zone),))
    topics = f" ({'; '.join(shown.topics)})" if shown.topics else ""
    yield Row("title", "Meeting", (f"{shown.title}{topics}",))
    yield Row("present", "Presence", (_presence(shown),))
    reasons = " ".join(shown.reasons)
    yield Row("strength", "Evidence", (f"{shown.strength.value.capitalize()}. {reasons}".strip(),))
    for each in shown.corrections:
        when = day(local(each.at, shown.zone))
        said = f"The presence was set right on {when} by the {each.by}: {each.reason}"
        yield Row("corrections", "Correction", (said,))
    for credit in shown.credits:
        yield _credit_row(pack, credit)
        if len(credit.changes) > 1:
            yield Row("changes", "As recorded", tuple(_changes(credit, shown.zone)))


def entered_heading(number: int, entry: SelfEntered) -> str:
    """Return the number and day of an entry."""
    return f"{number}. {weekday(entry.day)}"


def entered(pack: EvidencePack, entry: SelfEntered) -> Iterator[Row]:
    """Yield the rows of one credit that the member entered."""
    live = {True: "live", False: "not live", None: "live or not: not said"}[entry.live]
    about = [entry.title, f"Offered by {entry.provider_name}; {live}."]
    if entry.topics:
        about.append("; ".join(entry.topics))
    yield Row("entered.title", "Activity", tuple(about))
    kind = "no kind named" if entry.kind is None else entry.kind.value
    category = f"{entry.category}; {kind}" if entry.category else kind
    yield Row("entered.category", "Category", (category,))
    amount = f"Entered by the member: {of_unit(entry.amount, entry.unit)}."
    becomes = f"In the account, {_becomes(entry.in_account.counted, pack)}."
    yield Row("entered.amount", "Amount", (amount, becomes, *sentences(entry.in_account.steps)))
    proof = "No document was sent."
    if entry.document_sha256:
        proof = f"A document, SHA-256 {entry.document_sha256}."
    yield Row("entered.document", "Proof", (proof,))
    said = [f"Entered on {day(entry.entered_at.astimezone(UTC))}."]
    said += [f"Corrected on {day(at.astimezone(UTC))}: {why}" for at, why in entry.corrections]
    yield Row("entered.said", "Recorded", tuple(said))


def wanted(one: Wanted) -> Iterator[Row]:
    """Yield the checklist of some rules of the text."""
    yield Row("wanted.rules", "For", (", ".join(one.rules), one.clause))
    for kept, label in ((Kept.HERE, "Shown here"), (Kept.BY_MEMBER, "Keep it yourself")):
        items = tuple(
            f"{each.what}: {each.note}" if each.note else each.what
            for each in one.items
            if each.kept is kept
        )
        if items:
            yield Row(f"wanted.{kept.name.lower()}", label, items)
    if not one.items:
        yield Row("wanted.none", "Evidence", ("The text read names none.",))
    signer = one.signer or "The text read names nobody."
    yield Row("wanted.signer", "Signed by", (signer,))


def sentences(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return steps as one paragraph of sentences with their clauses, or none."""
    return (" ".join(explained(steps)),) if steps else ()


def _recorded(each: RuleSum) -> str:
    return (
        f"{each.rule}, {each.kind.value}: {how_many(each.meetings, 'meeting')}, "
        f"{how_many(each.minutes, 'minute')}, {of_unit(each.amount, each.unit)}"
    )


def _presence(shown: Attended) -> str:
    way = "how is not recorded" if shown.modality is None else _WAY[shown.modality]
    length = int((shown.ends_at - shown.starts_at).total_seconds()) // 60
    spans = ", ".join(
        f"{clock(local(each.from_at, shown.zone))} to {clock(local(each.to_at, shown.zone))}"
        for each in shown.present
    )
    said = f"{shown.present_minutes} of {how_many(length, 'minute')} present, {way}"
    said += f" ({spans})" if spans else ""
    if shown.own_minutes is not None:
        said += f"; {how_many(shown.own_minutes, 'minute')} on the member's own practice"
    if shown.people is None:
        return f"{said}; how many were there is not known."
    return f"{said}; {how_many(shown.people, 'person', 'people')} there, the member included."


def _credit_row(pack: EvidencePack, credit: Credit) -> Row:
    rule = f"{amount_of(credit)}: {credit.rule}, version {credit.rule_version}, {credit.kind.value}"
    if credit.withdrawn or credit.in_account is None:
        return Row("credit", "Taken back", (f"{rule}. It counts no more.",))
    becomes = f"In the account, {_becomes(credit.in_account.counted, pack)}."
    if not credit.in_account.in_total:
        becomes = "A duty of its own; it does not count towards what the cycle requires."
    how = sentences((*credit.steps, *credit.in_account.steps))
    return Row("credit", "Counts for", (f"{rule}.", " ".join((*how, becomes))))


def _becomes(counted: Decimal, pack: EvidencePack) -> str:
    return f"{of_unit(counted, pack.account.unit)} {'counts' if counted == 1 else 'count'}"


def _changes(credit: Credit, zone: str) -> Iterator[str]:
    """Yield the record of a credit: what was credited first, and each correction beside it."""
    first, *later = credit.changes
    said = f"{how_many(first.minutes, 'minute')}, {of_unit(first.amount, credit.unit)}"
    yield f"Credited on {day(local(first.at, zone))}: {said}."
    for change in later:
        verb = "Taken back" if credit.withdrawn and change is later[-1] else "Corrected"
        yield f"{verb} on {day(local(change.at, zone))}: {_difference(change)}. {change.reason}"


def _difference(change: Change) -> str:
    minutes, amount = change.minutes, change.amount
    return (
        f"{'−' if minutes < 0 else '+'}{how_many(abs(minutes), 'minute')}, "
        f"{'−' if amount < 0 else '+'}{plain(abs(amount))}"
    )


def _cap(cap: CapLine, unit: str) -> str:
    since = "" if cap.per is Per.CYCLE else f" from {day(cap.from_day)}"
    shared = f", shared with {', '.join(cap.shared_with)}" if cap.shared_with else ""
    cut = f"; {plain(cap.cut)} too many do not count" if cap.cut else ""
    return (
        f"{cap.name}: {plain(cap.used)} of at most {of_unit(cap.at_most, unit)} a {cap.per.value}"
        f"{since}{shared}{cut} ({cap.clause})"
    )


def _floor(floor: FloorLine) -> str:
    to_go = f", {plain(floor.lacks)} to go" if floor.lacks else ""
    outside = f". It can only come from elsewhere: {floor.outside}" if floor.outside else ""
    return (
        f"{floor.name}: {plain(floor.have)} of {of_unit(floor.at_least, floor.unit)} by "
        f"{day(floor.until_day)}{to_go} ({floor.clause}){outside}"
    )
