"""Places where licences are valid: what people write is understood, or asked again."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from domain.members.place_names import ALSO, NAMES
from domain.members.places import meant_by, name_of, unmistakable

PACKS = sorted(Path(str(files("domain.rules") / "data")).glob("*.toml"))
AMONG_PARTS = {"AS", "GU", "MP", "PR", "VI"}  # the standard lists them twice
NOBODY_LIVES_THERE = {"UM"}


def test_the_countries_are_those_of_the_standard() -> None:
    listed = files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    codes = {line[:2] for line in listed.splitlines() if line and not line.startswith("#")}
    ours = {code for code in NAMES if "-" not in code}
    assert ours - {"UK"} == codes - AMONG_PARTS - NOBODY_LIVES_THERE - {"GB"}
    assert {f"US-{code}" for code in AMONG_PARTS} <= NAMES.keys()


def test_three_countries_have_all_their_parts() -> None:
    def parts(country: str) -> int:
        return sum(code.startswith(f"{country}-") for code in NAMES)

    assert (parts("US"), parts("CA"), parts("AU")) == (50 + 1 + 5, 10 + 3, 6 + 2)


def test_every_place_that_a_pack_names_is_one() -> None:
    named = {tomllib.loads(path.read_text(encoding="utf-8")).get("jurisdiction") for path in PACKS}
    assert "US-CA" in named
    assert named - {None} <= NAMES.keys()


@pytest.mark.parametrize("code", sorted(NAMES))
def test_every_place_can_be_written_so_that_no_other_is_meant(code: str) -> None:
    assert meant_by(unmistakable(code)) == [code]
    assert code in meant_by(NAMES[code])
    assert code in meant_by(code.lower())
    assert meant_by(name_of(code)) == [code], "as we show it ourselves"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("California", "US-CA"),
        (" maryland ", "US-MD"),
        ("Germany", "DE"),
        ("us ca", "US-CA"),
        ("ny", "US-NY"),
        ("GB", "UK"),
        ("U.S.A.", "US"),
        ("the Netherlands", "NL"),
        ("Quebec, Canada", "CA-QC"),
        ("Georgia, USA", "US-GA"),
        ("Cote d'Ivoire", "CI"),
        ("Washington, D.C.", "US-DC"),
        ("California USA", "US-CA"),
        ("Alberta (Canada)", "CA-AB"),
        ("Macao", "MO"),
    ],
)
def test_names_are_understood_as_people_write_them(written: str, code: str) -> None:
    assert meant_by(written) == [code]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("MD", ["MD", "US-MD"]),
        ("Georgia", ["GE", "US-GA"]),
        ("NL", ["CA-NL", "NL"]),
        ("WA", ["AU-WA", "US-WA"]),
        ("Congo", ["CD", "CG"]),
    ],
)
def test_what_can_be_two_places_is_guessed_by_nobody(written: str, codes: list[str]) -> None:
    assert meant_by(written) == codes


@pytest.mark.parametrize(
    "written", ["ZZ", "US-ZZ", "", ",", "Atlantis", "Germany, USA", "California, Canada", "🙂", "—"]
)
def test_what_is_no_place_means_none(written: str) -> None:
    assert meant_by(written) == []


def test_a_place_is_shown_by_its_name_with_the_code_beside_it() -> None:
    assert name_of("US-CA") == "California, United States (US-CA)"
    assert name_of("AU") == "Australia (AU)"
    assert name_of("US-XX") == "US-XX", "as it was written before"


def test_every_other_way_of_writing_belongs_to_a_place() -> None:
    assert {code for code, _ in ALSO} <= NAMES.keys()
