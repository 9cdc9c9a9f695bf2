# Common Ground. `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run setup setup-tests test test-everyday test-faults lint format bench bench-cohorts sbom lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: setup ## start the demo on http://127.0.0.1:8000 (PORT=9000 changes the port)
	@$(BIN)/lms run --demo --port $(PORT)

setup: ## make the virtual environment from the hashed lock
	@command -v $(PYTHON) >/dev/null || { echo "Common Ground needs Python 3.11 or newer, and there is no $(PYTHON) here: install it (on Debian: sudo apt install python3 python3-venv; on macOS: brew install python@3.13), then run make again." >&2; exit 1; }
	@$(PYTHON) tools/prepare.py

setup-tests: setup
	@$(PYTHON) tools/prepare.py --tests
	@sh tests/support/fetch_vnu.sh

test: setup-tests ## run every test that can run on this machine
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(TESTS)

test-everyday: setup-tests ## what is neither slow nor in a browser, in about two minutes
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not browser and not slow" $(TESTS)

test-faults: setup-tests ## break things under the real server (LMS_FAULT_KILLS=50 for the long run)
	@$(BIN)/python -m pytest -m fault -n 2 --dist loadfile --no-loadscope-reorder tests/faults $(TESTS)

lint: setup-tests ## style, types, import contracts, content
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/lms content check

format: setup-tests ## put the code into shape
	@$(BIN)/ruff check --fix-only --quiet
	@$(BIN)/ruff format

bench: setup-tests ## requests per second beside a bare Flask page, in the same run
	@$(BIN)/python -m bench

bench-cohorts: setup-tests ## cohorts and tables beside what others do with the same people
	@$(BIN)/python -m bench.cohorts

sbom: setup-tests ## list every part of the product, with its hash, in sbom.json
	@$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json

lock: ## renew the hashed locks after changing pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra build $(LOCK) -o requirements.txt
	uv pip compile pyproject.toml --extra build --extra postgres --extra redis $(LOCK) -o requirements-postgres.txt
	uv pip compile pyproject.toml --extra build --extra dev --extra postgres --extra redis $(LOCK) -o requirements-dev.txt
	uv pip compile tools/semgrep/requirements.in $(LOCK) -o tools/semgrep/requirements.txt

LOCK := --no-strip-extras --universal --python-version 3.11.2 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
