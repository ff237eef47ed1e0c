# What a newcomer needs. Every target sets up what it needs in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := $(VENV)/.peers

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-chaos lint chaos chaos-short bench soak screenshots lock audit licences clean

help:  ## show this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

setup: $(READY)  ## make .venv with everything in it

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Python 3.11 or newer is needed, this is {v[0]}.{v[1]}: make setup PYTHON=python3.x")'
	@echo "setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check -e '.[dev]'
	@$(BIN)/newsdiff --version
	@touch $@

$(PEERS): $(READY)
	@echo "installing what is compared with ..."
	@$(BIN)/python -m pip install --disable-pip-version-check -q 'pip>=24'  # 23 fails where peers spell an extra two ways
	@$(BIN)/python -m pip install --disable-pip-version-check -q -e '.[bench]'
	@touch $@

demo: $(READY)  ## run a Kafka, a worker and a small press on this machine, and see its edits
	@exec $(BIN)/newsdiff demo

test: $(READY)  ## run the tests, against a real Kafka that they start
	@$(BIN)/python -m pytest -m "not chaos"

test-chaos: $(READY)  ## run the tests that kill and flood, and those that show that the proof can fail
	@$(BIN)/python -m pytest -m chaos

lint: $(READY)  ## ruff, mypy, and whether the published schemas are those of the code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m schemas.publish --check

chaos: $(READY)  ## the proof: 60 faults under load, then the oracle; CHAOS='--seed 2 --store memory://'
	@$(BIN)/python -m tests.chaos --faults 60 $(CHAOS)

chaos-short: $(READY)  ## the same in about 3 minutes, with 6 faults
	@$(BIN)/python -m tests.chaos $(CHAOS)

bench: $(READY) $(PEERS)  ## print tables of figures; they stand in .bench/NAME.json too
	@$(BIN)/python -m tests.bench

soak: $(READY)  ## the whole service at work for 30 minutes: memory, lag, errors; SOAK='--seconds 600 --kills'
	@$(BIN)/python -m tests.service_soak $(SOAK)

screenshots: $(READY)  ## pictures of every page of the site, the README's two among them; needs a Chromium
	@$(BIN)/python -m tests.browser.screenshots

lock: $(READY)  ## renew the lock of what the image installs, and of what builds this package there
	@echo setuptools | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra tracing \
		--generate-hashes --upgrade --no-header pyproject.toml - -o docker/requirements.lock

audit: $(READY)  ## ask the advisory database whether something that is locked has a known weakness
	@$(BIN)/pip-audit --require-hashes -r docker/requirements.lock

licences: $(READY)  ## list the licence of every package that is locked
	@$(BIN)/python -m tests.docker.licences

clean:  ## remove what setup, tests and benchmarks made; the data in .newsdiff stays
	@rm -rf $(VENV) .bench .screenshots .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
