# The commands of a newcomer and of CI. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
# uv compiles bytecode once; a process that may not use it starts at half the speed.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LOCKS := requirements/bootstrap.txt requirements/base.txt requirements/dev.txt
PORT ?= 3000
BI := .venv-bi
BI_STAMP := $(BI)/.installed
BI_PORT ?= 8088

.PHONY: help
help:  ## list these commands
	@echo "Nianbao. Usage: make <command>"
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP)  ## install the locked dependencies and the command `nianbao` into .venv

# Python 3.11 under whichever name the machine has it; newer ones are not what the locks were made for.
$(BIN)/python:
	@for python in python3.11 python3 python; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	    echo "... creating $(VENV) with $$("$$python" --version)"; \
	    "$$python" -m venv $(VENV) || { echo "this Python cannot create virtual environments; on Debian: apt-get install python3.11-venv" >&2; exit 2; }; \
	    exit 0; \
	  fi; \
	done; \
	echo "Python 3.11 is needed (python3.11 or python3 on the PATH); found: $$(python3 --version 2>/dev/null || echo no python3)" >&2; exit 2

# The project itself is not built: a .pth file puts this checkout on the path, and a script of two lines is the command.
$(STAMP): $(LOCKS) | $(BIN)/python
	@echo "... installing the locked dependencies"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/bootstrap.txt requirements/dev.txt
	@printf '%s\n' "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/nianbao.pth"
	@printf '%s\n' '#!/bin/sh' 'exec "$$(dirname -- "$$0")/python" -P -m orchestration.cli "$$@"' > $(BIN)/nianbao
	@chmod +x $(BIN)/nianbao
	@touch $@

.PHONY: run
run: $(STAMP)  ## run the main job on the bundled samples, or on a folder of yours: make run REPORTS=dir
	@$(BIN)/nianbao build $(if $(REPORTS),--reports "$(REPORTS)")

.PHONY: test
test: $(STAMP)  ## run the tests
	@$(BIN)/python -m pytest -n 2 $(ARGS)

.PHONY: test-bi
test-bi: $(STAMP) $(BI_STAMP)  ## run the tests of the dashboards in Superset and headless Chromium
	@$(BIN)/python -m pytest tests/browser $(ARGS)

.PHONY: lint
lint: $(STAMP)  ## style, types, import direction, SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd dbt_project && ../$(BIN)/sqlfluff lint --disable-progress-bar models tests

.PHONY: ui
ui: $(STAMP)  ## Dagster's web pages with its daemon: make ui PORT=3000
	@exec $(BIN)/nianbao ui --port $(PORT)

.PHONY: bi
bi: $(STAMP) $(BI_STAMP)  ## Superset with the dashboards over the published marts: make bi BI_PORT=8088
	@test -e "$${NIANBAO_HOME:-data}/published/current" || $(BIN)/nianbao build
	@exec $(BIN)/python -m bi --port $(BI_PORT)

.PHONY: install-bi
install-bi: $(BI_STAMP)  ## install the locked Superset into .venv-bi

# Superset's pins (SQLAlchemy 1.4, pandas 2.1) do not go with ours.
$(BI_STAMP): requirements/bi.txt | $(STAMP)
	@echo "... installing Superset into $(BI) (about a minute)"
	@$(BIN)/python -m venv --clear --without-pip $(BI)
	@VIRTUAL_ENV=$(BI) $(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements/bi.txt
	@touch $@

.PHONY: bench
bench: $(STAMP)  ## measure how fast reports are read
	@$(BIN)/nianbao bench $(ARGS)

.PHONY: docs
docs: $(STAMP)  ## write the generated pages, the Data Docs of the gates and dbt's pages of the marts
	@$(BIN)/nianbao docs
	@$(BIN)/python -m bi.exposures

.PHONY: accuracy
accuracy: $(STAMP)  ## measure what is read of damaged reports: the floors of the tests and docs/accuracy.md
	@PYTHONPATH=tests:. $(BIN)/python -m properties.measuring

.PHONY: rulecheck
rulecheck: $(STAMP)  ## measure the rules on 2,000 planted slips, damaged and clean reports: docs/rule-accuracy.md
	@PYTHONPATH=tests:. $(BIN)/python -m properties.rulechecking $(N)

.PHONY: fuzz
fuzz: $(STAMP)  ## read N mangled reports and count silent errors by kind of damage: make fuzz N=50000
	@PYTHONPATH=tests:. $(BIN)/python -m properties.fuzzing $(or $(N),2000) $(SEED)

.PHONY: samples
samples: $(STAMP)  ## write the bundled sample reports anew
	@$(BIN)/nianbao samples --out samples

.PHONY: lock
lock: $(STAMP)  ## resolve the dependencies anew after a change of requirements/*.in
	@for name in bootstrap base dev bi; do \
	  $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    requirements/$$name.in -o requirements/$$name.txt; \
	done

.PHONY: clean
clean:  ## remove the environment and caches; the data of earlier runs stay
	rm -rf $(VENV) $(BI) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info dbt_project/target dbt_project/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
