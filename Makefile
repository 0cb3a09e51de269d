# Two commands start everything: `make run` opens the app, `make test` runs the whole suite.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
WORKERS = $(shell $(PYTHON) -c "import os; print(len(os.sched_getaffinity(0)) * 2 if hasattr(os, 'sched_getaffinity') else 'auto')")

# Without bytecode each worker, and each program that a test starts, compiles everything anew.
PYTEST  = env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

ifeq ($(UV),)
MAKE_VENV = $(PYTHON) -m venv $(VENV)
INSTALL   = $(BIN)/python -m pip install --quiet --disable-pip-version-check
else
MAKE_VENV = $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
INSTALL   = VIRTUAL_ENV=$(abspath $(VENV)) $(UV) pip install --quiet
endif

.PHONY: run demo test check format bench docs clean

run: $(VENV)/.installed
	@$(BIN)/callboard

demo: $(VENV)/.installed
	@$(BIN)/callboard demo

test: $(VENV)/.developed
	$(PYTEST)

check: $(VENV)/.developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(PYTEST)

format: $(VENV)/.developed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.developed
	$(BIN)/python -m tests.bench

docs: $(VENV)/.developed
	$(BIN)/python -m tui.reference docs/reference
	$(BIN)/python -m tui.picture docs

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	$(MAKE_VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(INSTALL) -e '.[postgres]'
	@touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(INSTALL) -e '.[dev]'
	@touch $@ $(VENV)/.installed
