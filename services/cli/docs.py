"""Writes the pages of ``docs/`` that follow from the code, so that they never drift."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Final

from litestar.exceptions import HTTPException

import services
from domain.errors import DomainError
from domain.event_registry import EVENTS
from services.rules import docs as rule_docs
from services.web.edge.problems import STATUS, URN, to_problem

_OURS: Final = ("domain", "projections", "infra", "services")
_OF_THE_FRAMEWORK: Final = {  # what each says no to, where no rule of ours was asked
    405: "The address does not take that kind of request.",
    413: "The request is larger than anything we read.",
    415: "The request is neither JSON nor a form.",
}


def write_docs(folder: Path, *, check: bool) -> list[str]:
    """Write the generated pages; return the names of those that were out of date.

    Args:
        folder: the repository's ``docs/``.
        check: change nothing, only tell.
    """
    outdated = []
    for name, text in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            outdated.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    return outdated


def pages() -> dict[str, str]:
    """Return each generated page by name."""
    from services.bootstrap import settings_table
    from services.bootstrap.rules import shipped

    return {
        "events.md": _events(),
        "answers.schema.json": rule_docs.schema_of_answers(),
        "facts.schema.json": rule_docs.schema_of_facts(),
        "refusals.md": _refusals(),
        "rule_language.md": rule_docs.language(),
        "rule_packs.md": rule_docs.packs(shipped()),
        "settings.md": _settings(settings_table()),
    }


def refusals() -> Iterator[type[DomainError]]:
    """Yield every kind of refusal of ours, in no particular order."""
    for module in walk_packages(services.__path__, f"{services.__name__}."):
        import_module(module.name)  # what no module imports is known to nobody; bootstrap has infra
    waiting: list[type[DomainError]] = [DomainError]
    seen: set[type[DomainError]] = set()
    while waiting:
        kind = waiting.pop()
        if kind in seen:  # reached by another parent before
            continue
        seen.add(kind)
        waiting.extend(kind.__subclasses__())
        if kind.__module__.partition(".")[0] in _OURS:  # tests make up their own
            yield kind


def _events() -> str:
    lines = [
        "# Events",
        "",
        "Every event there is, made by `make docs` from `domain/event_registry.py`. A stored shape",
        "never breaks: an event whose shape changes gets a new version and an upcaster, and every",
        "shape ever stored stays as a sample in `tests/stored_events/`. Fields marked *personal*",
        "are encrypted under the key of the person they are about.",
    ]
    aggregate = None
    for entry in EVENTS.values():
        if entry.aggregate is not aggregate:
            aggregate = entry.aggregate
            about = (aggregate.__doc__ or "").strip().partition("\n")[0]
            lines += ["", f"## {aggregate.__name__}", "", about, ""]
            lines += ["| topic | version | says | fields |", "| --- | --- | --- | --- |"]
        marked = [
            f"{field} (*personal*)" if any(p.startswith(field) for p in entry.personal) else field
            for field in entry.fields
        ]
        sentence = entry.sentence.replace("|", "\\|")
        lines.append(
            f"| `{entry.topic}` | {entry.version} | {sentence} | {', '.join(marked) or 'none'} |"
        )
    return "\n".join(lines) + "\n"


def _refusals() -> str:
    rows = [
        (kind.code, " ".join(about.split()), str(_status_of(kind)))
        for kind in refusals()
        for about in [(kind.__doc__ or "").strip().partition("\n\n")[0]]
    ]
    rows += [
        (to_problem(HTTPException(status_code=status)).code, about, str(status))
        for status, about in _OF_THE_FRAMEWORK.items()
    ]
    fault = to_problem(RuntimeError())
    rows.append((fault.code, "A fault of ours; nobody's request is to blame.", str(fault.status)))
    lines = [
        "# Refusals",
        "",
        "Every way in which Peerhour says no, made by `make docs` from the code. A code never",
        "changes once released: programs rely on it, and recorded refusals are told again by it.",
        f"Programs get it as `code`, and in `type` behind `{URN}` (RFC 9457); the command line",
        "prints it in brackets. Each refusal also has a sentence for the person who asked, and",
        "changes nothing; a refused check-in is recorded as refused. The status is what a web",
        "client gets, should it get that far: a few speak only at start or on the command line.",
        "",
        "| code | when | status |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| `{code}` | {about.replace('``', '`').replace('|', chr(92) + '|')} | {status} |"
        for code, about, status in sorted(rows)
    ]
    return "\n".join(lines) + "\n"


def _status_of(kind: type[DomainError]) -> int:
    return next(STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in STATUS)


def _settings(rows: list[tuple[str, str, str]]) -> str:
    lines = [
        "# Settings",
        "",
        "Read from the environment at start, into one frozen object; every problem is reported at",
        "once. Made by `make docs` from `infra/settings.py`.",
        "",
        "| variable | default | what it is |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{name}` | {default} | {about} |" for name, default, about in rows]
    return "\n".join(lines) + "\n"
