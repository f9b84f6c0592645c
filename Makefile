# Every target sets up what it needs in .venv and can be run from a fresh clone.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
SEED ?= $(shell date +%Y%m%d)

help: ## Say what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 16

.venv/run: requirements.txt requirements-render.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -r requirements.txt
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install -q -r requirements-dev.txt
	@touch $@

site: .venv/run ## Train, collect and render everything into site/
	$(BIN)/python build.py

test: .venv/dev ## The tests a newcomer needs (minutes)
	$(BIN)/python -m pytest -q -m "not slow" -n logical

test-all: .venv/dev ## Every test of a day, the slow ones too
	$(BIN)/python -m pytest -q -m "not nightly and not package" -n logical

nightly: .venv/dev ## What takes above 30 s a test, more examples, and a sample of mutants
	$(BIN)/python -m pytest -q -m "nightly or hypothesis" -n logical --hypothesis-profile thorough
	$(BIN)/python -m tests.mutation --sample 150 --jobs 2 --seed $(SEED)

mutants: .venv/dev ## Small mistakes in generator/, and whether tests see them (SEED=1)
	$(BIN)/python -m tests.mutation --sample 150 --jobs 2 --seed $(SEED)

check: .venv/dev node_modules/run ## Lint, types, spelling; tests of scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/djlint templates --lint --quiet
	node_modules/.bin/biome check --error-on-warnings
	node_modules/.bin/tsc --project .
	node --test tests/scripts/*.test.js

node_modules/run: package.json
	npm install --no-package-lock --no-audit --no-fund --silent
	@touch $@

check-site: .venv/dev node_modules/run ## Build the site and judge every page of it
	$(BIN)/python build.py
	$(BIN)/python -m pytest -q -m site

packages: .venv/dev ## Install the wheel by pip, pipx and uvx outside the clone, and use it
	$(BIN)/python -m pytest -q -m "package and not nightly" -n logical

.venv/docs: .venv/run requirements-docs.txt
	$(BIN)/pip install -q -r requirements-docs.txt
	@touch $@

docs: .venv/docs ## Pages for contributors, API included, into .cache/docs
	$(BIN)/python docs/generate.py
	$(BIN)/mkdocs build --strict --quiet

bench: .venv/dev ## Speed and memory, beside upstream's own loop
	$(BIN)/python -m tests.benchmarks.writing
	$(BIN)/python -m tests.benchmarks.training
	$(BIN)/python -m tests.benchmarks.backward
	$(BIN)/python -m tests.benchmarks.memory
	$(BIN)/python -m tests.benchmarks.building
	$(BIN)/python -m tests.benchmarks.year
	$(BIN)/python -m tests.benchmarks.preview
	$(BIN)/python -m tests.benchmarks.cells
	$(BIN)/python -m tests.benchmarks.brought_function

bench-training: .venv/dev ## Whole sequences beside windows (a quarter of an hour)
	$(BIN)/python -m tests.benchmarks.whole_sequences

.PHONY: help site test test-all nightly mutants check check-site packages docs bench bench-training
