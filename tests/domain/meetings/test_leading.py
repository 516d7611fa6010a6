"""Who led a meeting: the three answers, and what each must name."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.errors import InvalidFields
from domain.meetings.leading import Lead, LedBy, Outsider, check_outsider
from tests.support.builders import ANA, BO, OUTSIDER, about, led_from_outside

KIM = led_from_outside().outsider


@pytest.mark.parametrize(
    ("lead", "facilitated"),
    [
        (Lead(LedBy.PEERS), False),
        (Lead(LedBy.MEMBER, member_id=ANA), True),
        (led_from_outside(), True),
    ],
)
def test_an_hour_is_led_unless_everybody_was_an_equal(lead: Lead, *, facilitated: bool) -> None:
    assert lead.facilitated is facilitated


@pytest.mark.parametrize(
    ("led_by", "member_id", "outsider"),
    [
        (LedBy.PEERS, ANA, None),
        (LedBy.PEERS, None, KIM),
        (LedBy.MEMBER, None, None),
        (LedBy.MEMBER, ANA, KIM),
        (LedBy.OUTSIDER, None, None),
        (LedBy.OUTSIDER, ANA, KIM),
    ],
)
def test_nobody_else_is_named_than_the_answer_speaks_of(
    led_by: LedBy, member_id: UUID | None, outsider: Outsider | None
) -> None:
    with pytest.raises(ValueError, match="Nobody else"):
        Lead(led_by, member_id, outsider)


@pytest.mark.parametrize("field", ["name", "profession", "qualification"])
def test_somebody_from_outside_has_a_name_a_profession_and_a_qualification(field: str) -> None:
    empty = about(OUTSIDER, " ") if field == "name" else " "
    outsider = led_from_outside(**{field: empty}).outsider
    assert outsider is not None
    with pytest.raises(InvalidFields) as caught:
        check_outsider(outsider)
    assert set(caught.value.fields) == {field}


def test_a_name_is_kept_under_the_key_of_the_person_it_names() -> None:
    outsider = led_from_outside(name=about(BO, "Kim Obi")).outsider
    assert outsider is not None
    with pytest.raises(ValueError, match="must be about"):
        check_outsider(outsider)
