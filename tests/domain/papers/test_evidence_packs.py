"""Evidence packs: the rows give the sums, corrections stay beside the original, nobody is named."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.certificates.papers import CreditKind
from domain.evidence.items import SHOWN, Kept, item, wanted_by
from domain.evidence.lines import Attended, Change
from domain.evidence.pack import ends_in_pack
from domain.rules.model import Pack
from tests.domain.rules.made import a_pack as a_text
from tests.domain.rules.made import a_rule, these, with_cycle
from tests.support.evidence import FIRST, a_credit, a_pack, an_entry, attended, evenings

HOURS = a_rule()
BANDED = a_rule(
    id="banded", name="Group", bands={"steps": [[7, 1], [14, 2], [21, 3]], "unit": "hour"}
)
APART = a_rule(id="apart", name="Collaboration", counts_in_total=False)


def capped(*rules: dict[str, object]) -> Pack:
    cap = {"name": "Peer hours", "at_most": 5, "of": {"rules": ["hours"]}}
    day = {"name": "A day", "at_most": 2, "per": "day"}
    return with_cycle(*rules, cap=[cap, day], cycle={"months": 24, "required": 40})


amounts = st.lists(
    st.tuples(
        st.sampled_from(["hours", "banded", "apart"]),
        st.decimals("0.01", "9", places=2),
        st.booleans(),
    ),
    max_size=12,
)


@given(
    amounts, st.lists(st.decimals("0.01", "9", places=2), max_size=4), st.sampled_from(["0", "2"])
)
def test_every_row_of_the_account_adds_up_to_the_total_printed(
    ours: list[tuple[str, Decimal, bool]], elsewhere: list[Decimal], carried: str
) -> None:
    text = capped(HOURS, BANDED, APART)
    meetings = [
        attended(n, a_credit(text, n, str(amount), rule_id=rule, withdrawn=withdrawn))
        for n, (rule, amount, withdrawn) in enumerate(ours)
    ]
    entered = [an_entry(n, amount=amount) for n, amount in enumerate(elsewhere)]
    pack = a_pack(text, meetings, entered, carried_in=carried)
    account = pack.account
    assert pack.worth == account.earned
    assert pack.counted + account.carried_in == account.counted
    assert account.earned - account.cut + account.carried_in == account.counted
    rows = [each for meeting in pack.attended for each in meeting.credits if not each.withdrawn]
    assert sum(each.amount for each in pack.recorded) == sum(row.amount for row in rows)
    assert sum(each.minutes for each in pack.recorded) == sum(row.minutes for row in rows)


def test_a_cap_cuts_the_rows_in_their_order_and_says_so() -> None:
    text = capped(HOURS)
    pack = a_pack(text, [attended(n, a_credit(text, n, "2")) for n in range(3)])
    becomes = [meeting.credits[0].in_account for meeting in pack.attended]
    assert [each and each.counted for each in becomes] == [2, 2, 1]
    assert becomes[2] is not None
    (cut,) = becomes[2].steps
    assert "Peer hours: at most 5 hours a cycle" in cut.sentence
    assert cut.clause == "§ 1"
    assert these(pack.account.cut, pack.account.counted) == (1, 5)
    assert these(pack.account.caps[0].used, pack.account.caps[0].cut) == (5, 1)


def test_meetings_stand_by_their_start_and_entries_apart() -> None:
    text = capped(HOURS)
    pack = a_pack(text, [*reversed(evenings(text, 3))], [an_entry(2), an_entry(1)])
    assert [each.meeting_id for each in pack.attended] == [f"meeting-00{n}" for n in range(3)]
    assert [each.key for each in pack.entered] == ["entered-1", "entered-2"]


def test_what_was_taken_back_stays_with_its_record_and_counts_for_nothing() -> None:
    text = capped(HOURS)
    changes = (
        Change(FIRST, 83, Decimal("1.38"), ""),
        Change(FIRST, -83, Decimal("-1.38"), "The meeting does not count."),
    )
    pack = a_pack(text, [attended(0, a_credit(text, 0, withdrawn=True, changes=changes))])
    (credit,) = pack.attended[0].credits
    assert credit.in_account is None
    assert credit.changes == changes
    assert pack.recorded == ()
    assert these(pack.worth, pack.counted, pack.account.counted) == (0, 0, 0)


def test_a_duty_of_its_own_stands_apart_from_the_total() -> None:
    text = capped(HOURS, APART)
    pack = a_pack(text, [attended(0, a_credit(text, 0, "1", rule_id="apart"))])
    becomes = pack.attended[0].credits[0].in_account
    assert becomes is not None
    assert (becomes.in_total, these(becomes.counted, pack.counted)) == (False, (1, 0))


def test_a_meeting_says_how_many_were_there_and_has_no_place_for_who() -> None:
    assert {each.name for each in fields(Attended)} & {"people", "members", "participants"} == {
        "people"
    }
    assert attended(0).people == 6


def test_a_pack_is_for_what_ends_in_no_certificate() -> None:
    sponsored = a_rule(id="course", credit_kind="sponsored")
    assert not ends_in_pack(with_cycle(sponsored))
    both = with_cycle(sponsored, a_rule(id="record", credit_kind="supervision record"), HOURS)
    assert ends_in_pack(both)
    assert a_pack(both, []).kinds == (CreditKind.SUPERVISION, CreditKind.CLAIMED)


def test_the_text_stands_with_its_version_and_how_it_was_read() -> None:
    text = a_pack(capped(HOURS), []).text
    assert (text.body, text.version, text.clause, text.address) == ("House", 1, "§ 1", "urn:house")
    assert (text.checked.isoformat(), text.confidence.value) == ("2026-01-01", "ours")


@pytest.mark.parametrize(
    ("what", "kept", "note"),
    [
        ("dates", Kept.HERE, "with each meeting"),
        ("total number of hours", Kept.HERE, "in the account"),
        ("names of participants", Kept.BY_MEMBER, "how many were present stands here, not who"),
        ("brief summary of each meeting, copied to each attendee", Kept.BY_MEMBER, ""),
        ("something nobody has read yet", Kept.BY_MEMBER, ""),
        ("Dates", Kept.BY_MEMBER, ""),
    ],
)
def test_only_what_is_declared_is_said_to_be_shown(what: str, kept: Kept, note: str) -> None:
    assert (item(what).kept, item(what).note) == (kept, note)


def test_rules_that_want_the_same_are_named_together_and_certificates_want_nothing_here() -> None:
    text = a_text(
        a_rule(id="one", name="One", evidence=["dates", "a reflection"], signer="a peer"),
        a_rule(id="two", name="Two", evidence=["dates", "a reflection"], signer="a peer"),
        a_rule(id="three", name="Three"),
        a_rule(id="four", name="Four", credit_kind="sponsored", evidence=["certificate"]),
    )
    first, second = wanted_by(text)
    assert (first.rules, first.signer) == (("One", "Two"), "a peer")
    assert [each.kept for each in first.items] == [Kept.HERE, Kept.BY_MEMBER]
    assert (second.rules, second.items, second.signer) == (("Three",), (), "")


def test_what_is_declared_is_never_empty() -> None:
    assert all(SHOWN.values())
