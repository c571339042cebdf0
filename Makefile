# Each target does all of its own set-up; only python3 (with venv), make and git are needed.
# `make` alone lists the targets.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PYTEST_WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test lint types contracts tests check-all bench fuzz expectations frontend docs

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): pyproject.toml uv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV= UV_PROJECT_ENVIRONMENT=.venv $(BIN)/uv sync --locked --quiet
	@touch $@

demo: $(READY) ## Load the recorded incident and serve it
	@$(BIN)/juncture demo

test: lint types contracts tests ## Everything that has to hold before a change lands

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/mypy lab

contracts: $(READY)
	$(BIN)/lint-imports

tests: $(READY)
	$(BIN)/pytest -n $(PYTEST_WORKERS) -m "not long"
	@$(BIN)/python -m tests.on_postgresql

check-all: test ## The long checks too: every page by axe in both themes, long fuzz and kill runs
	$(BIN)/pytest -n $(PYTEST_WORKERS) -m long
	$(BIN)/python -m tests.fuzz --seconds 300

bench: $(READY) ## The benchmarks; each prints its ratio against a peer or the limit
	@failed=0; for each in starting.py "key_events.py examples/checkout-lock" pasted_chat.py masking.py serving.py bulk_reading.py writing.py; do \
	  echo "== bench/$$each"; $(BIN)/python bench/$$each || failed=1; done; exit $$failed

fuzz: $(READY) ## Fuzz every reader for ten minutes
	$(BIN)/python -m tests.fuzz --seconds 600

expectations: $(READY) ## Rewrite the expected events of all recorded documents; review the diff
	$(BIN)/python tests/readers/recorded.py
	$(BIN)/python -m tests.command_line_page

frontend: ## Check and bundle frontend/ into the static files that are committed (needs Node)
	cd frontend && npm ci --silent && npm run --silent build

docs: $(READY) ## Build the documentation into site/
	$(BIN)/mkdocs build --strict
