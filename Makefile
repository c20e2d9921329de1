# Everything a fresh machine needs is Python 3.11+, make and git; README.md says the rest.
# Each step of the set-up leaves a stamp newer than the lock it came from, so a second time is free.
# Paths are relative throughout: the folder may have spaces in its name.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PY := .venv/bin/python
STAMPS := .venv/stamps
VENDOR := bot/console/static/vendor
RUNNABLE := $(STAMPS)/project $(VENDOR)/.stamp
COMPLETE := $(RUNNABLE) $(STAMPS)/dev

# An environment holds absolute paths: after a move, or when its Python is gone, it is made anew.
ifneq ($(shell test -x $(PY) && cat .venv/home 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/home)
endif

.PHONY: help
help:
	@echo "make run      the demo on http://127.0.0.1:8080   (make run ARGS=\"--port 8099\")"
	@echo "make test     all tests                           (make test ARGS=\"-k agenda\")"
	@echo "make check    format, lint, types, floors, content"
	@echo "make setup    only what the others need first"
	@echo "make format   put the code in its format"
	@echo "make bench    the benchmarks, to a table and var/benchmarks.json"
	@echo "make soak     the long fault and soak tests"
	@echo "make locks    newest versions that agree, with their hashes"

.PHONY: run
run: $(RUNNABLE)
	@exec $(PY) -m bot demo $(ARGS)

.PHONY: setup
setup: $(COMPLETE)
	@echo "Set-up is complete."

.PHONY: test
test: $(COMPLETE)
	@$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)

.PHONY: bench
bench: $(COMPLETE) $(STAMPS)/bench
	@$(PY) -m tests.bench $(ARGS)

.PHONY: soak
soak: $(COMPLETE)
	@$(PY) -m pytest -m soak $(ARGS)

CHECKS := check-format check-lint check-types check-floors check-content
.PHONY: check $(CHECKS)
check: $(CHECKS)
	@echo "All checks passed."

$(CHECKS): $(COMPLETE)

check-format:
	@echo "Format"
	@$(PY) -m ruff format --check .

check-lint:
	@echo "Lint"
	@$(PY) -m ruff check --quiet --output-format=concise .

check-types:
	@echo "Types"
	@$(PY) -m mypy

check-floors:
	@echo "Floors"
	@.venv/bin/lint-imports --no-logo

check-content:
	@echo "Content"
	@$(PY) -m content.lint

.PHONY: format
format: $(COMPLETE)
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

.PHONY: locks
locks: .venv/home
	@scripts/make-locks $(ARGS)

.venv/home:
	@scripts/make-venv

$(STAMPS)/run: .venv/home locks/run.txt
	@echo "Set-up: packages to run"
	@scripts/install-lock locks/run.txt
	@mkdir -p $(@D) && touch $@

$(STAMPS)/project: $(STAMPS)/run pyproject.toml
	@echo "Set-up: PIM Welkom itself"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENDOR)/.stamp: locks/node/package.json locks/node/package-lock.json scripts/assets.py | $(STAMPS)/run
	@echo "Set-up: stylesheets and script of the console"
	@$(PY) scripts/assets.py
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run locks/dev.txt
	@echo "Set-up: packages to test and check"
	@scripts/install-lock locks/dev.txt
	@touch $@

$(STAMPS)/bench: $(STAMPS)/dev locks/bench.txt
	@echo "Set-up: packages to measure against"
	@scripts/install-lock locks/bench.txt
	@touch $@
