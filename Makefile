# Wahana: `make help` lists what can be done. Needs a Python 3.11+, a network, and nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/sh

STAMP := .venv/.locked
BIN := .venv/bin
UV := .wahana/tools/bin/uv
UV_CACHE_DIR ?= $(CURDIR)/.wahana/cache/uv
export UV_CACHE_DIR
export UV_PYTHON_DOWNLOADS := never
# Tests wait for real servers most of the time: four processes, each with servers of its own, keep two cores at work.
PROCESSES ?= 4

# The newest Python that is new enough; `make PYTHON=/path/to/python3 …` names one.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && command -v $$name && break; done)

.PHONY: run
run: $(STAMP) ## Start everything on this machine and print addresses, a token and commands to try (Ctrl-C stops it)
	@$(BIN)/python -m deploy.local.run

.PHONY: reset
reset: $(STAMP) ## Delete the local data, after asking
	@$(BIN)/python -m deploy.local.reset

.PHONY: test
test: $(STAMP) ## Run all tests on real PostgreSQL and real Kafka (ARGS='-k indicators' picks some)
	@$(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: chaos
chaos: $(STAMP) ## Provoke the faults of the matrix and print how each ended (SEED=7 ONLY=F9,F10 MINUTES=30)
	@SEED='$(SEED)' ONLY='$(ONLY)' MINUTES='$(MINUTES)' $(BIN)/python -m tests.faults.chaos

.PHONY: check
check: $(STAMP) $(UV) ## Lint, types, import contracts, lock, migrations, event and HTTP contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(UV) lock --check
	$(BIN)/python -m deploy.contracts --check
	$(BIN)/python -m deploy.contracts.readers
	$(BIN)/python -m deploy.monitoring.dashboard --check
	$(BIN)/python -m deploy.configuration --check
	$(BIN)/python -m deploy.supply
	$(BIN)/python -m deploy.migrations_check
	@echo 'make check: all good'

.PHONY: bench
bench: $(STAMP) ## Measure, and print ratios against a limit taken in the same run
	@$(BIN)/python -m deploy.bench

.PHONY: load
load: $(STAMP) $(UV) ## Ten minutes of realistic traffic at 70 % of what this machine can do (ARGS='--minutes 1')
	@$(UV) sync --quiet --frozen --inexact --group load
	@$(BIN)/python -m deploy.load $(ARGS)

.PHONY: up
up: ## Build the images and start Wahana in containers: docker-compose.yml, needs a container engine
	$(NEEDS_PYTHON)
	@"$(PYTHON)" -m deploy.containers up

.PHONY: down
down: ## Stop the containers; the data stay
	$(NEEDS_PYTHON)
	@"$(PYTHON)" -m deploy.containers down

.PHONY: test-containers
test-containers: $(STAMP) ## Build the images and use, scale, hurt and heal an installation in containers (4 minutes)
	@WAHANA_CONTAINERS=1 $(BIN)/pytest tests/containers --confcutdir tests/containers -q --maxfail 1 $(ARGS)

.PHONY: requests
requests: $(STAMP) ## Hours of requests that nobody would write by hand, judged by the OpenAPI documents (N=100 ARGS='-k reporting')
	@WAHANA_EXAMPLES=$(or $(N),30) $(BIN)/pytest tests/contracts/test_requests_registry.py tests/contracts/test_requests_activities.py tests/contracts/test_requests_reporting.py --timeout 0 $(ARGS)

.PHONY: openapi
openapi: $(STAMP) ## Write the checked-in event schemas and OpenAPI files anew
	@$(BIN)/python -m deploy.contracts --write

.PHONY: help
help: ## This list
	@echo 'make …'
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | while IFS='	' read -r name text; do printf '  %-15s %s\n' "$$name" "$$text"; done

define NEEDS_PYTHON
@if [ -z "$(PYTHON)" ]; then \
	echo 'Python 3.11 or newer is needed, and none was found as python3.14, 3.13, 3.12, 3.11 or python3.' >&2; \
	echo "python3 here: $$(python3 --version 2>&1)" >&2; \
	echo 'Install one (Debian 12+, Ubuntu 24.04+: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3 …' >&2; \
	exit 1; fi
endef

define BOOTSTRAP
$(NEEDS_PYTHON)
@"$(PYTHON)" deploy/local/bootstrap.py
@touch $(STAMP)
endef

$(STAMP): uv.lock pyproject.toml deploy/local/bootstrap.py
	$(BOOTSTRAP)

$(UV):
	$(BOOTSTRAP)
