"""A released pack stays as it was: whoever changes a text writes a new version of it."""

from __future__ import annotations

import msgspec
import pytest

from infra.rule_files import load_rules
from tests.stored_packs.digests import digest_of, name_of, released

PACKS = {name_of(pack): pack for pack in load_rules().packs}


@pytest.mark.parametrize(("name", "digest"), released().items())
def test_a_released_pack_says_what_it_said(name: str, digest: str) -> None:
    assert name in PACKS, "awards were made by it"
    assert digest_of(PACKS[name]) == digest, "write a new version, in a file of its own"


def test_every_pack_is_kept_by_its_digest() -> None:
    missing = sorted(PACKS.keys() - released().keys())
    assert missing == [], "add them: python -m tests.stored_packs.digests"


def test_a_digest_sees_what_changes_an_answer_and_nothing_else() -> None:
    pack = PACKS["uk-bacp 1"]
    noted = msgspec.structs.replace(pack.source, notes="Read once more.")
    assert digest_of(msgspec.structs.replace(pack, source=noted, cases=())) == digest_of(pack)
    (rule,) = pack.rules
    other = msgspec.structs.replace(rule, half_share_up_to=5)
    assert digest_of(msgspec.structs.replace(pack, rules=(other,))) != digest_of(pack)
