"""The reimbursement package: what a payer reads, what is refused, what a checker finds."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claims.payer_papers import ClaimPaper, Frequency, LinePaper, PayerRun
from domain.errors import DomainError
from infra.payer_files import columns, house_rules
from infra.payer_files.package import FileNameNotAllowed, build, zip_package
from infra.payer_files.verify import verify

BEGIN = datetime(2026, 11, 19, 23, tzinfo=UTC)
RUN = PayerRun(
    run_id="run-7",
    run_number=7,
    payer_id="payer-1",
    period_from=date(2026, 11, 1),
    period_to=date(2026, 11, 30),
    prepared_at=datetime(2026, 12, 1, tzinfo=UTC),
)
CLAIM = ClaimPaper(claim_id="C-1", member_id="M-9", total_cents=9000, currency="USD")
LINE = LinePaper(
    claim_id="C-1",
    line_id="C-1-01",
    service_date=date(2026, 11, 19),
    starts_at=BEGIN,
    ends_at=BEGIN + timedelta(minutes=90),
    zone="America/New_York",
    minutes=60,
    service_code="PSG60",
    units=1,
    rate_cents=4500,
    amount_cents=4500,
    currency="USD",
    evidence_strength="Strong: room code, confirmed by the meeting tool.",
    certificate_verify_url="https://peerhour.example/v/H8RPQM0QK7Z4A6",
    evidence_sha256="ab" * 32,
)
LINES = [LINE, replace(LINE, line_id="C-1-02")]
BACK = replace(
    LINE,
    claim_id="C-2",
    line_id="C-2-01",
    minutes=-60,
    units=-1,
    amount_cents=-4500,
    reverses_line_id="A-1-01",
)
VOID = ClaimPaper(
    claim_id="C-2",
    frequency=Frequency.VOID,
    original_claim_id="A-1",
    payer_claim_number="0007=X",
    member_id="M-9",
    total_cents=-4500,
    currency="USD",
)


def a_package() -> dict[str, bytes]:
    return build(
        RUN, [CLAIM, VOID], [*LINES, BACK], certificates={"PH-1.pdf": b"%PDF-1.4 invented"}
    )


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def codes(files: dict[str, bytes]) -> set[str]:
    return {problem.code.removeprefix("payer_package.") for problem in verify(files)}


def test_a_package_holds_the_rows_and_a_manifest_that_adds_up() -> None:
    files = a_package()
    manifest = json.loads(files["manifest.json"])
    lines = table(files["lines.csv"])
    assert manifest["counts"] == {"claims": 2, "lines": 3}
    assert manifest["total_cents"] == {"USD": 4500}
    assert sum(int(line["amount_cents"]) for line in lines) == 4500
    assert lines[0]["starts_at"] == "2026-11-19T23:00:00Z"
    assert lines[0]["service_date"] == "2026-11-19"
    assert table(files["claims.csv"])[1]["payer_claim_number"] == "0007=X"
    assert [entry["name"] for entry in manifest["files"]] == [
        "certificates/PH-1.pdf",
        "claims.csv",
        "lines.csv",
    ]
    assert verify(files) == []


def test_tables_are_utf8_with_crlf_and_without_a_mark() -> None:
    line = replace(LINE, evidence_strength="Sterk: vært i rommet, «ja»", amount_cents=4500)
    content = build(RUN, [replace(CLAIM, total_cents=4500)], [line])["lines.csv"]
    assert content.startswith(b"claim_id,line_id,")
    assert content.count(b"\r\n") == content.count(b"\n") == 2
    assert "vært i rommet, «ja»" in content.decode()


def test_the_same_run_has_the_same_bytes_in_any_order() -> None:
    again = build(
        RUN, [VOID, CLAIM], [BACK, *LINES[::-1]], certificates={"PH-1.pdf": b"%PDF-1.4 invented"}
    )
    assert zip_package(again) == zip_package(a_package())


def test_the_zip_holds_the_files() -> None:
    files = a_package()
    with zipfile.ZipFile(io.BytesIO(zip_package(files))) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files


@pytest.mark.parametrize(
    ("claim", "lines", "refusal"),
    [
        (replace(CLAIM, total_cents=9001), LINES, house_rules.TotalNotSum),
        (CLAIM, [LINE, LINE], house_rules.RepeatedLineId),
        (CLAIM, [], house_rules.ClaimWithoutLines),
        (CLAIM, [*LINES, replace(LINE, line_id="X", claim_id="Z")], house_rules.LineWithoutClaim),
        (
            CLAIM,
            [replace(LINE, units=2, rate_cents=4500), LINES[1]],
            house_rules.AmountNotUnitsTimesRate,
        ),
        (
            replace(CLAIM, total_cents=0),
            [replace(LINE, units=0, amount_cents=0)],
            house_rules.ChargeNotPositive,
        ),
        (
            replace(CLAIM, total_cents=-4500),
            [replace(LINE, units=-1, minutes=-60, amount_cents=-4500)],
            house_rules.ChargeNotPositive,
        ),
        (
            CLAIM,
            [*LINES, replace(LINE, line_id="R", reverses_line_id="Q")],
            house_rules.ReversalNotNegative,
        ),
        (replace(CLAIM, currency="EUR"), LINES, house_rules.CurrencyMismatch),
        (replace(CLAIM, frequency=Frequency.REPLACEMENT), LINES, house_rules.OriginalMissing),
        (
            replace(CLAIM, frequency=Frequency.VOID, payer_claim_number="8"),
            LINES,
            house_rules.VoidNotReversing,
        ),
        (replace(CLAIM, original_claim_id="A-1"), LINES, house_rules.OriginalMissing),
        (CLAIM, [replace(LINE, service_date=date(2026, 11, 20))], house_rules.TimesDoNotFit),
        (CLAIM, [replace(LINE, zone="Europe/Atlantis")], house_rules.TimesDoNotFit),
        (CLAIM, [replace(LINE, minutes=91)], house_rules.TimesDoNotFit),
        (CLAIM, [replace(LINE, ends_at=BEGIN)], house_rules.TimesDoNotFit),
        (
            CLAIM,
            [replace(LINE, ends_at=RUN.prepared_at + timedelta(seconds=1))],
            house_rules.FutureService,
        ),
    ],
)
def test_a_package_that_breaks_a_rule_is_refused(
    claim: ClaimPaper, lines: list[LinePaper], refusal: type[DomainError]
) -> None:
    found = {type(one) for one in house_rules.broken_rules(RUN, [claim], lines)}
    assert refusal in found
    with pytest.raises(tuple(found)):
        build(RUN, [claim], lines)


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        (replace(CLAIM, claim_id="C" * 18), LINE),
        (replace(CLAIM, claim_id="c-1"), LINE),
        (replace(CLAIM, currency="DOLLARS"), LINE),
        (replace(CLAIM, member_id=""), LINE),
        (CLAIM, replace(LINE, line_id="L" * 31)),
        (CLAIM, replace(LINE, evidence_sha256="AB" * 32)),
        (CLAIM, replace(LINE, starts_at=BEGIN.replace(tzinfo=None))),
        (CLAIM, replace(LINE, evidence_strength="two\nlines")),
        (CLAIM, replace(LINE, evidence_strength="half \ud800")),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_refused(
    claim: ClaimPaper, line: LinePaper
) -> None:
    with pytest.raises(columns.CellNotAllowed):
        build(RUN, [claim], [line])


def test_two_claims_with_one_id_are_refused() -> None:
    with pytest.raises(house_rules.DuplicateClaimId) as refused:
        build(RUN, [CLAIM, CLAIM], LINES)
    assert refused.value.facts == {"claim_id": "C-1"}


def test_a_reversal_of_another_amount_in_the_same_package_is_refused() -> None:
    wrong = replace(BACK, reverses_line_id="C-1-01", rate_cents=4400, amount_cents=-4400)
    void = replace(VOID, total_cents=-4400)
    with pytest.raises(house_rules.ReversalNotNegative):
        build(RUN, [CLAIM, void], [*LINES, wrong])


def test_a_run_whose_period_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(house_rules.PeriodBackwards):
        build(replace(RUN, period_to=date(2026, 10, 1)), [CLAIM], LINES)


@pytest.mark.parametrize("start", list("=+-@"))
def test_a_cell_that_a_spreadsheet_would_run_is_refused_without_being_repeated(start: str) -> None:
    with pytest.raises(columns.FormulaCell) as refused:
        build(RUN, [replace(CLAIM, member_id=f"{start}CMD()")], LINES)
    assert refused.value.facts == {"file": "claims.csv", "row": 1, "column": "member_id"}
    assert "CMD" not in str(refused.value)


@pytest.mark.parametrize("name", ["../x.pdf", "a/b.pdf", "x.exe", ".pdf", "x.pdf\n"])
def test_a_certificate_with_an_unusual_file_name_is_refused(name: str) -> None:
    with pytest.raises(FileNameNotAllowed):
        build(RUN, [CLAIM], LINES, certificates={name: b"%PDF"})


def test_a_changed_cent_is_found() -> None:
    files = a_package()
    files["lines.csv"] = files["lines.csv"].replace(b"4500,4500", b"4500,4501", 1)
    assert codes(files) == {"file_changed", "amount_not_units_times_rate", "total_not_sum"}


def test_a_consistent_lie_in_the_manifest_is_found() -> None:
    files = a_package()
    files["manifest.json"] = (
        files["manifest.json"].replace(b'"USD": 4500', b'"USD": 9000').replace(
            b'"lines": 3', b'"lines": 2'
        )
    )  # fmt: skip
    assert codes(files) == {"totals_differ", "counts_differ"}


def test_missing_added_and_changed_files_are_found() -> None:
    files = a_package()
    files["extra.csv"] = b""
    files["certificates/PH-1.pdf"] = b"%PDF-1.4 another"
    del files["claims.csv"]
    assert codes(files) == {"file_not_listed", "file_changed", "file_missing", "table_unreadable"}


def test_a_formula_put_into_a_table_is_found() -> None:
    files = a_package()
    files["claims.csv"] = files["claims.csv"].replace(b"M-9", b"=1+1")
    assert {"formula_cell", "file_changed"} <= codes(files)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"manifest.json": b"{}"}, "manifest_unreadable"),
        ({"manifest.json": b"[" * 100_000}, "manifest_unreadable"),
        ({"manifest.json": b"\xff"}, "manifest_unreadable"),
        ({"lines.csv": b"\xff\xfe"}, "table_unreadable"),
        ({"lines.csv": b""}, "table_unreadable"),
        ({"lines.csv": b'a,"b\r\n'}, "table_unreadable"),
    ],
)
def test_bytes_that_cannot_be_read_are_a_problem_and_no_exception(
    change: dict[str, bytes], code: str
) -> None:
    assert code in codes(a_package() | change)


def test_a_package_without_manifest_or_of_another_schema_is_a_problem() -> None:
    files = a_package()
    other = files["manifest.json"].replace(b"payer_package/1", b"payer_package/2")
    assert codes(files | {"manifest.json": other}) == {"schema_unknown"}
    del files["manifest.json"]
    assert codes(files) == {"manifest_missing"}


@given(
    st.sampled_from(["manifest.json", "claims.csv", "lines.csv"]),
    st.integers(0, 2_000),
    st.binary(max_size=6),
)
def test_any_damage_is_a_problem_and_never_an_exception(
    name: str, place: int, damage: bytes
) -> None:
    files = a_package()
    content = files[name]
    files[name] = content[:place] + damage + content[place + len(damage) :]
    problems = verify(files)
    if name != "manifest.json" and files[name] != content:
        assert problems


def test_the_published_table_names_every_column_in_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "payer_package.md").read_text(encoding="utf-8")
    for table_columns in (columns.CLAIM_COLUMNS, columns.LINE_COLUMNS):
        rows = "\n".join(
            f"| `{one.name}` | {one.kind.name} | {'yes' if one.required else 'no'} "
            f"| {one.meaning} |"
            for one in table_columns
        )
        assert rows in page
