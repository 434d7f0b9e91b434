# What a person types. Everything lives in .venv (made here, with the locked and hash-checked packages of
# requirements/); a stamp file inside it says which lock it was made from.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# The Python that .venv is made with: PYTHON=… on the command line, else the newest of those that are tried in CI, else
# whatever else is there from 3.11 on.
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if "$$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null; then echo "$$name"; exit; fi; done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv
UV ?= uv

.PHONY: help site handouts book-pdf test fuzz lint lock benchmarks clean

help: ## say what can be made
	@echo 'make site        build the site of all problems: book/_build/html/index.html'
	@echo 'make handouts    typeset all problems: _build/handouts/PROBLEM/{question,solution,compact,key}.pdf'
	@echo 'make book-pdf    the book as one PDF, through LaTeX (says what is missing for that)'
	@echo 'make test        run the tests; what needs a browser or TeX is left out where there is none'
	@echo "                 TESTS='-m \"not slow\"' in two minutes; TESTS=--thorough every case (tests/README.md)"
	@echo 'make fuzz        mutated problems, formulae and data files by the thousand (make test runs a sample of them)'
	@echo 'make lint        ruff, mypy --strict and the import rules'
	@echo 'make benchmarks  measure how long things take'
	@echo 'make lock        write requirements/*.txt anew from pyproject.toml (needs uv)'
	@echo 'make clean       remove the built site and the generated notebooks'

site: $(VENV)/.site ## build the site of all problems
	@$(BIN)/python -m nbsolve build

handouts: $(VENV)/.site ## typeset all problems
	@$(BIN)/python -m nbsolve handout problems/*.yaml --out _build/handouts --prune

book-pdf: site ## the book as one PDF, through LaTeX
	@$(BIN)/python -m nbsolve.handout.book_pdf

test: $(VENV)/.test ## run the tests
	@# three for two processors: a quarter of the time tests wait for a browser or another program
	@$(BIN)/python -m pytest -n 3 --dist worksteal -q $(TESTS)

fuzz: $(VENV)/.test ## mutated problems, formulae and data files by the thousand; FUZZ='problems 1000 7' for some
	@$(BIN)/python -m tests.fuzzing $(FUZZ)

lint: $(VENV)/.test ## ruff, mypy --strict and the import rules
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy --strict
	$(BIN)/lint-imports

benchmarks: $(VENV)/.test ## measure how long things take
	@for bench in benchmarks/bench_*.py; do echo "== $$bench"; $(BIN)/python "$$bench" || exit 1; done

lock: ## write requirements/*.txt anew
	$(UV) pip compile $(LOCK) pyproject.toml requirements/build.in -o requirements/runtime.txt
	$(UV) pip compile $(LOCK) --extra test -c requirements/runtime.txt \
		pyproject.toml requirements/build.in -o requirements/test.txt
LOCK := --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

clean: ## remove what was built
	rm -rf book/_build book/problems _build/handouts

# --- the environment -------------------------------------------------------------------------------------

$(VENV)/.made:
	@"$(PYTHON)" -c '' 2>/dev/null || { \
		echo 'nbsolve needs Python 3.11 or newer; $(PYTHON) is not there. Say which: make PYTHON=/path/to/python3' >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "nbsolve needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -c 'import platform; print(platform.python_version())')" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) comes without venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo 'Making .venv with $(PYTHON) …'
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

# pip cannot check the hash of the project itself: its dependencies first, then the project alone
$(VENV)/.site: $(VENV)/.made requirements/runtime.txt pyproject.toml
	@echo 'Installing the locked packages …'
	@$(BIN)/python requirements/install.py requirements/runtime.txt
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.site requirements/test.txt
	@echo 'Installing the packages that the tests use …'
	@$(BIN)/python requirements/install.py requirements/test.txt
	@touch $@
