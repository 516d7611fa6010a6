"""Writes the pages of ``docs/`` that follow from the code, so that they never drift."""

from __future__ import annotations

from pathlib import Path

from domain.event_registry import EVENTS


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

    return {"events.md": _events(), "settings.md": _settings(settings_table())}


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
