# `make run` serves the web chat, `make test` runs every test, `make check` lints and type-checks. Each sets up .venv when needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-stamp
DEV_STAMP := $(VENV)/.dev-stamp

.PHONY: help setup run demo chat test fuzz check fix bench rasa bench-rasa lock clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(DEV_STAMP) ## prepare .venv for running and developing

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("Changtong needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

run: $(RUN_STAMP) ## serve the web chat on http://127.0.0.1:8000
	$(BIN)/changtong run

demo: $(RUN_STAMP) ## fill demo-data with invented cases and print the operators' passphrases
	$(BIN)/changtong demo --data demo-data

chat: $(RUN_STAMP) ## talk to the bot in this terminal
	$(BIN)/changtong chat

test: setup ## run every test
	$(BIN)/python -m pytest -n auto --dist loadfile

ROUNDS ?= 10

fuzz: setup ## property tests with fresh examples, ROUNDS times over; what falls is to be mended and kept as a test
	for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -q -n auto --hypothesis-profile=fresh $$(grep -rl "from hypothesis" tests --include="test_*.py") || exit 1; \
	done

check: setup ## ruff, mypy strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: setup ## format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup ## measure speed and size; prints tables
	$(BIN)/python -m benchmarks

LOCK := $(BIN)/uv pip compile --quiet --no-header --no-strip-extras --universal --python-version 3.11 --generate-hashes

RASA_PYTHON ?= python3.10
RASA_VENV ?= .venv-rasa
RASA_STAMP := $(RASA_VENV)/.rasa-stamp

$(RASA_STAMP): deploy/rasa/requirements.txt
	$(RASA_PYTHON) -c 'import sys; sys.exit("Rasa 3.6 needs Python 3.10: set RASA_PYTHON") if sys.version_info[:2] != (3, 10) else None'
	$(RASA_PYTHON) -m venv $(RASA_VENV)
	$(RASA_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r deploy/rasa/requirements.txt
	@touch $@

rasa: setup $(RASA_STAMP) ## play every transcript on a real Rasa server too (2.7 GB, a quarter of an hour)
	CHANGTONG_RASA=$(abspath $(RASA_VENV))/bin/rasa $(BIN)/python -m pytest tests/rasa

bench-rasa: setup $(RASA_STAMP) ## measure a real Rasa server and our engine on the same project
	CHANGTONG_RASA_ENVIRONMENT=$(abspath $(RASA_VENV)) $(BIN)/python -m benchmarks.rasa

lock: setup ## write the hash-pinned lock files anew
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(LOCK) --group build --output-file requirements/run.lock pyproject.toml
	$(LOCK) --group dev --constraint requirements/run.lock --output-file requirements/dev.lock pyproject.toml

clean: ## remove the environment and caches (never the data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
