# Two commands do everything on a fresh machine with Python 3.11 or later:
#   make demo   sets up, then grades footage made from photographs that ship with the dependencies
#   make test   sets up, lints, type-checks, tests
PYTHON ?= python3
COMMA := ,
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
# Ray is large: its tests skip without it, but not where CI=true says that nothing may.
EXTRAS := nle,dev$(if $(filter true,$(CI)),$(COMMA)ray)

.PHONY: setup demo test lint types tests browser clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("lutnet needs Python 3.11 or later: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	touch $@

demo: setup
	$(BIN)/lutnet demo

test: lint types tests

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup
	$(BIN)/mypy

# The review's tests need a browser: put in where that is allowed, else they skip and say what to type.
browser:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	  echo "no Chromium: the browser tests will skip"

tests: setup browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

clean:
	rm -rf $(VENV) build dist *.egg-info lutnet-demo
