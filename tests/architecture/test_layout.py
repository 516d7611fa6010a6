"""The house stands as it was drawn: folders, directions, words that must and must not be there."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from services.cli.docs import refusals
from tests.support.repository import PACKAGES, ROOT, files, texts

FOLDERS = {*PACKAGES, "tests", "docs"}
FILES = {
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "docker-compose.yml",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements.lock",
}
MODULES = [path for path in files() if path.suffix == ".py"]
REGISTRIES = re.compile(
    r"\b(?:(?:p[y]pi|n[p]mjs|python[h]osted|docker|quay|ghcr|gcr|crates)\.(?:org|com|io))\b|--inde[x]-url"
)
MACHINES = re.compile(r"(?<![\w.)}])/(?:root|home|Users|work|mnt)/\w")
ADDRESS = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
INVENTED = re.compile(r"(?:^|\.)example(?:\.(?:org|com|net))?$|\.(?:invalid|test)$", re.IGNORECASE)
CODE = re.compile(r"[a-z_]+(?:\.[a-z_]+)?")


def test_nothing_stands_beside_the_house() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in files()}
    assert {name for name in top if not name.startswith(".")} == FOLDERS | FILES


def test_every_package_knows_only_whom_it_may() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout
    assert "6 kept, 0 broken" in said.stdout


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if path.relative_to(ROOT).parts[0] == package
        and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_no_host_of_a_registry_is_named() -> None:
    assert [name for name, text in texts() if REGISTRIES.search(text)] == []


def test_no_path_of_somebodys_machine_is_named() -> None:
    assert [name for name, text in texts() if MACHINES.search(text)] == []


def test_every_mail_address_is_invented() -> None:
    told = [
        (name, domain)
        for name, text in texts()
        for domain in ADDRESS.findall(text)
        if not INVENTED.search(domain.rstrip("."))
    ]
    assert told == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRIES, "https://" + "pypi" + ".org/simple"),
        (MACHINES, "see " + "/ho" + "me/ana/notes"),
    ],
)
def test_what_must_not_be_named_would_be_seen(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("domain", "invented"),
    [("example.org", True), ("lamp.example", True), ("peerhour.invalid", True), ("mail.de", False)],
)
def test_an_invented_address_is_known_by_its_domain(domain: str, *, invented: bool) -> None:
    assert bool(INVENTED.search(domain)) is invented


def test_every_refusal_there_is_stands_in_the_list() -> None:
    alone = "from services.cli.docs import refusals; print(*(kind.code for kind in refusals()))"
    listed = subprocess.check_output([sys.executable, "-c", alone], cwd=ROOT, text=True).split()
    for package in PACKAGES:
        for module in walk_packages([str(ROOT / package)], f"{package}."):
            import_module(module.name)
    assert {kind.code for kind in refusals()} == set(listed)


def test_every_refusal_has_a_code_of_its_own() -> None:
    kinds = list(refusals())
    assert len(kinds) > 100
    assert [kind.__name__ for kind in kinds if "code" not in vars(kind)] == []
    assert [code for code, many in Counter(k.code for k in kinds).items() if many > 1] == []
    assert [kind.code for kind in kinds if not CODE.fullmatch(kind.code)] == []


def test_every_refusal_says_when_it_comes() -> None:
    assert [kind.__name__ for kind in refusals() if not kind.__doc__] == []
