"""Check a package from its bytes alone, as a payer would.

Nothing is taken from the writer but the published columns and rules. Whatever the bytes are, the
answer is a list of problems and never an exception.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from domain.claims.payer_papers import ClaimPaper, LinePaper, PayerRun
from domain.errors import DomainError
from infra.payer_files.columns import CLAIM_COLUMNS, LINE_COLUMNS, Column
from infra.payer_files.house_rules import broken_rules
from infra.payer_files.package import (
    CLAIMS,
    LINES,
    MANIFEST,
    SCHEMA,
    Counts,
    Manifest,
    fingerprint,
    totals,
)

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a package.

    Attributes:
        code: stable, ``payer_package.…``.
        sentence: for a person.
        facts: file, row, column or id.
    """

    code: str
    sentence: str
    facts: dict[str, object] = field(default_factory=dict)


def verify(files: Mapping[str, bytes]) -> list[Problem]:
    """Recompute everything that the manifest says.

    Args:
        files: contents by name, as they lie in the zip.

    Returns:
        Problems, an empty list if the package is sound.
    """
    try:
        manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    except KeyError:
        return [Problem("payer_package.manifest_missing", "The package has no manifest.json.")]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return [Problem("payer_package.manifest_unreadable", "manifest.json cannot be read.")]
    if manifest.schema != SCHEMA or manifest.prepared_at.utcoffset() is None:
        return [Problem("payer_package.schema_unknown", f"This checker reads {SCHEMA} only.")]
    problems = list(_listed_files(manifest, files))
    claims = _papers(files, CLAIMS, CLAIM_COLUMNS, ClaimPaper, problems)
    lines = _papers(files, LINES, LINE_COLUMNS, LinePaper, problems)
    if claims is None or lines is None:  # without the rows, sums would only repeat the problem
        return problems
    problems += _sums(manifest, claims, lines)
    problems += [_problem(refusal) for refusal in broken_rules(_run(manifest), claims, lines)]
    return problems


def _listed_files(manifest: Manifest, files: Mapping[str, bytes]) -> Iterator[Problem]:
    listed = {entry.name: entry for entry in manifest.files}
    for name in sorted({CLAIMS, LINES} | listed.keys() | files.keys() - {MANIFEST}):
        facts: dict[str, object] = {"file": name}
        if name not in files:
            yield Problem("payer_package.file_missing", "A file is missing.", facts)
        elif name not in listed:
            yield Problem("payer_package.file_not_listed", "The manifest misses a file.", facts)
        elif listed[name] != fingerprint(name, files[name]):
            yield Problem("payer_package.file_changed", "A file is not what it was.", facts)


def _papers(
    files: Mapping[str, bytes],
    name: str,
    columns: Sequence[Column],
    paper: type[P],
    problems: list[Problem],
) -> list[P] | None:
    """Read one table; ``None`` and at least one problem where a row cannot be read."""
    try:
        text = files.get(name, b"").decode()
        heading, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (ValueError, csv.Error):  # ValueError: no heading, or no UTF-8
        problems.append(_unreadable(name))
        return None
    if heading != [column.name for column in columns]:
        problems.append(_unreadable(name))
        return None
    papers: list[P] = []
    for number, row in enumerate(rows, start=1):
        if len(row) != len(columns):
            problems.append(_unreadable(name, row=number))
            continue
        try:
            papers.append(paper(**_values(name, columns, row, number)))
        except DomainError as refusal:
            problems.append(_problem(refusal))
    return papers if len(papers) == len(rows) else None


def _values(name: str, columns: Sequence[Column], row: list[str], number: int) -> dict[str, Any]:
    return {
        column.name: column.read(cell, file=name, row=number)
        for column, cell in zip(columns, row, strict=True)
    }


def _unreadable(name: str, **facts: object) -> Problem:
    sentence = "The table is not RFC 4180 in UTF-8 with the published columns."
    return Problem("payer_package.table_unreadable", sentence, {"file": name, **facts})


def _sums(
    manifest: Manifest, claims: Sequence[ClaimPaper], lines: Sequence[LinePaper]
) -> Iterator[Problem]:
    if manifest.counts != Counts(claims=len(claims), lines=len(lines)):
        yield Problem("payer_package.counts_differ", "The manifest counts other rows.")
    if manifest.total_cents != totals(claims):
        yield Problem("payer_package.totals_differ", "The manifest has other totals.")


def _run(manifest: Manifest) -> PayerRun:
    return PayerRun(
        run_id=manifest.run_id,
        run_number=manifest.run_number,
        payer_id=manifest.payer_id,
        period_from=manifest.period_from,
        period_to=manifest.period_to,
        prepared_at=manifest.prepared_at,
    )


def _problem(refusal: DomainError) -> Problem:
    return Problem(refusal.code, refusal.message, dict(refusal.facts))
