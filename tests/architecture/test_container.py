"""The container files say what they must; no engine runs here, so they are read, not run."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from services.bootstrap import settings_table
from services.cli.main import main
from tests.support.repository import PACKAGES, ROOT

COMPOSE: dict[str, Any] = msgspec.yaml.decode((ROOT / "docker-compose.yml").read_bytes())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "infra" / "docker" / "Dockerfile").read_text("utf-8")
STAGES = re.split(r"^(?=FROM )", DOCKERFILE, flags=re.MULTILINE)[1:]
OURS = ("migrate", "web", "worker")


def lines(stage: str) -> list[list[str]]:
    joined = stage.replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in joined.splitlines() if line and line[0] != "#"]


def told(instruction: str, stage: str) -> list[str]:
    return [rest[0] for name, *rest in lines(stage) if name == instruction]


def test_the_house_is_complete() -> None:
    assert set(SERVICES) == {"database", "mail", *OURS}
    assert set(COMPOSE["volumes"]) == {"database", "keys"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned_and_named_without_a_host(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert tag[0].isdigit() or tag.startswith("v")
    assert "." not in image.partition("/")[0]


@pytest.mark.parametrize("name", OURS)
def test_our_own_run_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["keys:/var/lib/peerhour"]


@pytest.mark.parametrize("name", OURS)
def test_our_own_are_given_commands_that_exist(name: str) -> None:
    said = CliRunner().invoke(main, [*SERVICES[name]["command"], "--help"])
    assert said.exit_code == 0


@pytest.mark.parametrize("name", OURS)
def test_our_own_are_given_settings_that_exist(name: str) -> None:
    assert set(SERVICES[name]["environment"]) < {setting for setting, _, _ in settings_table()}


def test_the_database_keeps_keys_apart_asks_for_a_password_and_says_when_it_is_ready() -> None:
    database = SERVICES["database"]
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]
    assert database["environment"]["POSTGRES_HOST_AUTH_METHOD"] == "scram-sha-256"
    assert "--auth-local=scram-sha-256" in database["environment"]["POSTGRES_INITDB_ARGS"]
    assert "127.0.0.1" in database["healthcheck"]["test"]
    assert "ports" not in database


def test_nothing_starts_before_what_it_needs() -> None:
    assert SERVICES["migrate"]["depends_on"]["database"]["condition"] == "service_healthy"
    for name in ("web", "worker"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"


def test_only_loopback_reaches_it() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_password_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    values = re.findall(r"(?:PASSWORD|TOKEN|SECRET): (.*)", text)
    assert values
    assert all(value.startswith("${") for value in values)
    assert "peerhour:${POSTGRES_PASSWORD:?" in text


def test_the_image_installs_by_hash_and_builds_offline() -> None:
    build, _ = STAGES
    installs = [
        each for run in told("RUN", build) for each in run.split("&&") if " install " in each
    ]
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    assert len(installs) == 3
    assert "--no-build-isolation" in build


def test_the_image_holds_every_package_and_runs_as_nobody_in_particular() -> None:
    build, image = STAGES
    assert {copied.split()[0] for copied in told("COPY", build)} >= set(PACKAGES)
    assert told("USER", image) == ["peerhour"]
    assert told("VOLUME", image) == ["/var/lib/peerhour"]
    assert "PEERHOUR_DATA_DIR=/var/lib/peerhour" in image


def test_the_program_itself_gets_the_signal() -> None:
    *_, image = STAGES
    assert json.loads(told("ENTRYPOINT", image)[0]) == ["peerhour"]
    assert json.loads(told("CMD", image)[0]) == ["serve"]
    _, _, check = told("HEALTHCHECK", image)[0].partition("CMD ")
    assert "/health/ready" in json.loads(check)[-1]
    compile(json.loads(check)[-1], "healthcheck", "exec")


def test_the_context_is_only_what_the_image_is_made_from() -> None:
    kept = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    ]
    copied = {word for copy in told("COPY", STAGES[0]) for word in copy.split()[:-1]}
    assert {path.partition("/")[0] for path in copied} == set(kept)
    assert all((ROOT / path).exists() for path in copied)
