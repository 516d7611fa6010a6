"""Logs: JSON lines without personal values, exceptions by place."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from infra import logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_is_json_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(pretty=False)
    structlog.get_logger().info("stopped", role="web")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["role"], line["level"]) == ("stopped", "web", "info")
    assert line["timestamp"].endswith("Z")


def test_values_that_could_name_people_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(pretty=False)
    structlog.get_logger().info("x", email="ana@example.org", name="Ana", path="/v/ABC")
    said = capsys.readouterr().err
    assert "ana@example.org" not in said
    assert "Ana" not in said
    assert "ABC" not in said


def test_an_exception_is_logged_by_type_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(pretty=False)
    try:
        int("Ana Invented, licence 123")
    except ValueError:
        structlog.get_logger().exception("trouble")
    line = json.loads(capsys.readouterr().err)
    assert line["exception"] == "ValueError"
    assert line["at"][-1].startswith("test_logs.py:")
    assert "Invented" not in json.dumps(line)
