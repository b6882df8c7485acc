# Needs Python 3.11 or newer and a package index. Every target builds the environment it uses.
# Ports: HERALD_PORT (MiniStack, default 4566); STAGE picks the stage of `package` and `deploy`.
PYTHON ?= python3
STAGE ?= dev
PY := .venv/bin/python
HERALD := .venv/bin/herald
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help demo up down check test bench docs package deploy lock

help: ## Say what there is.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

.venv/stamp: requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Herald needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv
	$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-dev.txt
	ln -sf ../../infra/cli/herald .venv/bin/herald
	@touch $@

.PHONY: .venv
.venv: .venv/stamp ## Build the environment from the locked requirements.

demo: .venv ## From nothing to deliveries on four channels; the stack stays up.
	$(HERALD) demo

up: .venv ## Start the local stack and deploy to it.
	$(HERALD) up

down: .venv ## Stop everything `up` and `demo` started.
	$(HERALD) down

check: .venv ## Format, lint, types, templates, unit and infra tests.
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest -q -n 2 tests/unit tests/infra

test: .venv ## Everything CI runs; fails under 90 % coverage of chalicelib.
	PY=$(PY) ./.ci/run

bench: .venv ## Measure cost, cold start, accept time and package size against the budgets.
	$(PY) -m bench

docs: .venv ## Write the documents that are made of the code.
	$(PY) -m infra.docs

package: .venv ## Build the template and the zip: make package STAGE=prod
	$(HERALD) package --stage $(STAGE)

deploy: .venv ## Package and deploy: make deploy STAGE=dev
	$(HERALD) deploy --stage $(STAGE)

lock: ## Write the locked requirement files anew (needs uv).
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
