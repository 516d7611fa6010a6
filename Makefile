# Peerhour: every command a contributor needs. `make help` lists them.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header
# A file of tests stays in one process, and tests/conftest.py says which come first. Two processes
# more than there are cores: they wait a third of their time, for servers and browsers.
CORES := $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
SHARED := --numprocesses $(shell expr $(CORES) + 2) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo test judge check fmt bench lock docs clean

help: ## List the commands.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the virtual environment from the hashed lock file.

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Peerhour needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

demo: setup ## Play the seeded story on the embedded PostgreSQL and serve the web.
	$(BIN)/peerhour demo

# Compiled code is kept, whatever the environment says: tests start many processes.
test: setup ## Run every test but the judge, shared among four processes at most.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(SHARED) -m "not judge"

judge: setup ## Let Stripe's own command line judge the simulated Stripe (CONTRIBUTING.md).
	$(BIN)/python -m pytest -m judge tests/simulated_stripe

check: setup ## Run the fast checks: lint, format, types, import contracts.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: setup ## Format the code and mend what the linter can mend.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## Print the ratios against the named baselines; writes build/bench.json.
	$(BIN)/python -m tests.bench

docs: setup ## Write the pages of docs/ that follow from the code.
	$(BIN)/peerhour docs

lock: ## Renew the lock files (needs uv); they never carry an index address.
	uv pip compile $(LOCK) --extra dev pyproject.toml --output-file requirements-dev.lock
	uv pip compile $(LOCK) --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock
	echo hatchling | uv pip compile $(LOCK) --constraint requirements-dev.lock - --output-file infra/docker/build.lock

clean: ## Remove the environment, caches and the demo's data.
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .peerhour
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
