"""The reimbursement package of one payer run: two tables, a manifest, one zip.

The same run has the same bytes whenever it is made: rows are sorted, and every time comes from the
run. ``docs/payer_package.md`` is the published description.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from domain.claims.payer_papers import ClaimPaper, LinePaper, PayerRun
from domain.errors import DomainError
from infra.payer_files.columns import CLAIM_COLUMNS, LINE_COLUMNS, CellNotAllowed, Column
from infra.payer_files.house_rules import broken_rules

SCHEMA: Final = "peerhour.payer_package/1"
CLAIMS, LINES, MANIFEST = "claims.csv", "lines.csv", "manifest.json"

_CERTIFICATE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.pdf", re.ASCII)
_RUN_TEXT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}", re.ASCII)
_EARLIEST_IN_A_ZIP: Final = (1980, 1, 1, 0, 0, 0)


class FileNameNotAllowed(DomainError):
    """A certificate's file name could leave its folder or confuse a file system."""

    code = "payer_package.file_name"


class FileEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the package as the manifest lists it."""

    name: str
    bytes: int
    sha256: str


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows the tables have, headings not counted."""

    claims: int
    lines: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the package contains, so that a payer can tell that nothing is missing or changed."""

    schema: str
    run_id: str
    run_number: int
    payer_id: str
    period_from: date
    period_to: date
    prepared_at: datetime
    counts: Counts
    total_cents: dict[str, int]
    files: list[FileEntry]


def build(
    run: PayerRun,
    claims: Sequence[ClaimPaper],
    lines: Sequence[LinePaper],
    *,
    certificates: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Write the files of one run.

    Args:
        run: what is exported, and when it was ordered.
        claims: in any order.
        lines: in any order; each names its claim.
        certificates: PDFs by file name; they go to the folder ``certificates/``.

    Returns:
        Contents by file name.

    Raises:
        CellNotAllowed, FormulaCell: a value does not fit its column.
        FileNameNotAllowed: a certificate's file name is not plain.
        DomainError: a rule of :mod:`infra.payer_files.house_rules` does not hold.
    """
    plain = _RUN_TEXT.fullmatch(run.run_id) and _RUN_TEXT.fullmatch(run.payer_id)
    if not plain or run.prepared_at.utcoffset() is None:
        raise CellNotAllowed("You have a run whose ids or time do not fit a file.", file=MANIFEST)
    claims = sorted(claims, key=lambda claim: claim.claim_id)
    lines = sorted(lines, key=lambda line: (line.claim_id, line.line_id))
    files = {
        CLAIMS: _table(CLAIMS, CLAIM_COLUMNS, claims),
        LINES: _table(LINES, LINE_COLUMNS, lines),
    }
    for refusal in broken_rules(run, claims, lines):
        raise refusal
    for name, content in sorted((certificates or {}).items()):
        if not _CERTIFICATE_NAME.fullmatch(name):
            raise FileNameNotAllowed("You have a certificate with an unusual file name.")
        files[f"certificates/{name}"] = content
    return files | {MANIFEST: _manifest(run, claims, lines, files)}


def zip_package(files: Mapping[str, bytes]) -> bytes:
    """Pack the files into one zip whose bytes follow from them alone.

    Stored, not deflated: the bytes of a deflated file depend on the zlib that packed it.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EARLIEST_IN_A_ZIP)
            entry.create_system = 3  # the same on every machine
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, files[name])
    return out.getvalue()


def totals(claims: Iterable[ClaimPaper]) -> dict[str, int]:
    """Sum the claims' totals per currency, in minor units."""
    sums: Counter[str] = Counter()
    for claim in claims:
        sums[claim.currency] += claim.total_cents
    return dict(sorted(sums.items()))


def fingerprint(name: str, content: bytes) -> FileEntry:
    """Describe a file for the manifest."""
    return FileEntry(name=name, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def _table(file: str, columns: Sequence[Column], papers: Sequence[object]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(column.name for column in columns)
    for row, paper in enumerate(papers, start=1):
        cells = [column.cell(getattr(paper, column.name)) for column in columns]
        for column, cell in zip(columns, cells, strict=True):
            column.read(cell, file=file, row=row)
        writer.writerow(cells)
    return out.getvalue().encode()


def _manifest(
    run: PayerRun,
    claims: Sequence[ClaimPaper],
    lines: Sequence[LinePaper],
    files: Mapping[str, bytes],
) -> bytes:
    manifest = Manifest(
        schema=SCHEMA,
        run_id=run.run_id,
        run_number=run.run_number,
        payer_id=run.payer_id,
        period_from=run.period_from,
        period_to=run.period_to,
        prepared_at=run.prepared_at,
        counts=Counts(claims=len(claims), lines=len(lines)),
        total_cents=totals(claims),
        files=[fingerprint(name, files[name]) for name in sorted(files)],
    )
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
