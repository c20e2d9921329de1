# Everything a fresh machine needs is Python 3.11+, make and git; README.md says the rest.
# Each step of the set-up leaves a stamp newer than the lock it came from, so a second time is free.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PY := .venv/bin/python
STAMPS := .venv/stamps

# An environment holds absolute paths: after a move, or when its Python is gone, it is made anew.
ifneq ($(shell test -x $(PY) && cat .venv/home 2>/dev/null),$(CURDIR))
$(shell rm -f .venv/home)
endif

.PHONY: setup
setup: $(STAMPS)/dev $(STAMPS)/project
	@echo "Set-up is complete."

.venv/home: locks/uv.txt
	@scripts/make-venv

$(STAMPS)/run: .venv/home locks/run.txt
	@echo "Set-up 2/4: packages to run"
	@scripts/install-lock locks/run.txt
	@mkdir -p $(@D) && touch $@

$(STAMPS)/dev: $(STAMPS)/run locks/dev.txt
	@echo "Set-up 3/4: packages to test and check"
	@scripts/install-lock locks/dev.txt
	@touch $@

$(STAMPS)/project: $(STAMPS)/run pyproject.toml
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@
