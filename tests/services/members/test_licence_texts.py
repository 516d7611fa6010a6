"""Which texts a licence is renewed under: of boards and associations, not of approvers."""

from __future__ import annotations

from typing import Any

import pytest

from infra.rule_files import load_rules
from services.credits.licence_texts import renews, texts_for, topics_of
from tests.domain.rules.made import a_pack
from tests.support.builders import MONDAY

BOOK = load_rules()
CYCLE: dict[str, Any] = {"unit": "hour", "months": 12}


def texts(profession: str, jurisdiction: str) -> set[str]:
    return {pack.id for pack in texts_for(BOOK, profession, jurisdiction, MONDAY)}


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        ({"kind": "regulator", "cycle": CYCLE}, True),
        ({"kind": "regulator"}, True),  # its period was not read; it is renewed all the same
        ({"kind": "association", "cycle": CYCLE}, True),
        ({"kind": "regulator", "jurisdiction": "US-MD"}, False),
        ({"kind": "regulator", "professions": ["mft"]}, False),
        ({"kind": "regulator", "professions": []}, False),
        ({"kind": "accreditor"}, False),
        ({"kind": "accreditor", "cycle": {"unit": "hour"}}, False),
        ({"kind": "accreditor", "cycle": CYCLE}, True),
    ],
)
def test_a_licence_is_renewed_under_a_text(pack: dict[str, Any], *, expected: bool) -> None:
    text = a_pack(**({"professions": ["psychology"]} | pack))
    assert renews(text, "psychology", "US-CA") is expected


def test_whoever_approves_providers_puts_no_period_on_a_licence() -> None:
    assert texts("psychology", "US-CA") == {"us-ca-psychology"}
    assert texts("counseling", "US-MD") == {"us-md-counseling"}
    assert texts("social_work", "US-NY") == {"nysed-social-work"}
    assert texts("social_work", "US-MD") == {"us-md-social-work"}
    assert texts("bachelors_level_social_work", "US-MD") == {"us-md-social-work-lbsw"}
    assert texts("addiction_counseling", "US-IN") == {"us-in-bhhs"}
    assert texts("dance_therapy", "US-CA") == set()


def test_a_certification_that_its_holders_enter_has_its_own_period() -> None:
    assert texts("national_certified_counselor", "US") == {"nbcc-ncc"}
    assert "nbcc-ncc" not in texts("counseling", "US-NC")


def test_the_topics_that_limits_are_about() -> None:
    packs = [
        pack for pack in BOOK.on(MONDAY) if pack.id in {"us-ca-psychology", "us-ks-psychology"}
    ]
    assert topics_of(packs) == {"ethics", "cultural", "diagnosis and treatment"}
