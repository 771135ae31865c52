# Every target works as the first command on a machine with git, make and Python 3.11 or newer.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run scenario check-scenario test check bench fuzz openapi package nightly translations vendor-check lint types imports template clean

PORT ?= 8000
CLOUD ?= ministack
WORKERS ?= 3
FUZZ_EXAMPLES ?= 30
# Bytecode is kept between the processes of a run: starting the site, the tests and the package compile nothing twice.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
CHROMIUM ?= $(shell command -v chromium-headless-shell || command -v chromium || command -v chromium-browser || command -v google-chrome)
# 3.12 first, because Lambda runs it; then the system's own, which distributions build with profile-guided optimisation
# (the tests take a quarter less time than on a plain build).
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
NEED_PYTHON := 一件事 needs Python 3.11 or newer and found none: install it (Debian: apt-get install python3 python3-venv) and try again.
NEED_VENV := Python cannot make a virtual environment here: install venv (Debian: apt-get install python3-venv), or check that this folder can be written to.
NEED_CHROMIUM := The browser tests need Chromium with Chinese fonts: apt-get install chromium-headless-shell fonts-noto-cjk (or set CHROMIUM=/path/to/chromium).

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv with everything pinned (the other targets do this by themselves)

$(STAMP): requirements.txt requirements-dev.txt constraints.txt pyproject.toml
	@found=; for candidate in "$$PYTHON" python3.12 /usr/bin/python3 python3.13 python3.11 python3 python; do \
	  [ -n "$$candidate" ] && "$$candidate" -c '$(IS_NEW_ENOUGH)' >/dev/null 2>&1 || continue; \
	  [ -n "$$found" ] || found="$$candidate"; \
	  "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1 && { found="$$candidate"; break; }; \
	done; \
	[ -n "$$found" ] || { echo "$(NEED_PYTHON)" >&2; exit 1; }; \
	[ -x $(BIN)/python ] && $(BIN)/python -m pip --version >/dev/null 2>&1 \
	  || "$$found" -m venv --clear $(VENV) >/dev/null 2>&1 \
	  || { rm -rf $(VENV); echo "$(NEED_VENV)" >&2; exit 1; }
	@echo "Installing what requirements-dev.txt names into $(VENV) (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip<26.3' 'setuptools>=65.5' wheel
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: $(STAMP) ## start everything on http://127.0.0.1:8000 (PORT=…, CLOUD=moto for memory only)
	@exec $(BIN)/python -m infra.local --port "$(PORT)" --cloud "$(CLOUD)"

# Values of the command line reach the recipe through the environment, so that no quote in them means anything.
scenario: $(STAMP) ## a new scenario package from the skeleton: make scenario NAME=elderly_care LABEL=养老机构
	@$(BIN)/yijianshi scenario new "$${NAME:-}" --label "$${LABEL:-}" --label-en "$${LABEL_EN:-}"

check-scenario: $(STAMP) ## every finding on a package, with file, line and mend: make check-scenario NAME=elderly_care
	@$(BIN)/yijianshi scenario check "$${NAME:-}"

test: $(STAMP) ## run all tests, the browser's included
	@[ -n "$(CHROMIUM)" ] || { echo "$(NEED_CHROMIUM)" >&2; exit 1; }
	@CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not nightly" $(ARGS)

check: lint types imports translations vendor-check test ## the gate: all that CI runs (the tests lint the template)

lint: $(STAMP) ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP) ## mypy
	@$(BIN)/mypy

imports: $(STAMP) ## who may import whom
	@$(BIN)/lint-imports --no-cache

template: $(STAMP) ## build the deployable template from this environment and lint it
	@$(BIN)/python -m infra.package --dependencies environment --out build/check
	@$(BIN)/cfn-lint --non-zero-exit-code warning build/check/template.json infra/template.yaml

translations: $(STAMP) ## every Chinese text of the pages has its English
	@$(BIN)/python -m chalicelib.web.i18n check

vendor-check: $(STAMP) ## third-party files of the pages are the released ones
	@$(BIN)/python -m infra.vendor

bench: $(STAMP) ## measurements beside the bare stack
	@$(BIN)/python -m tests.bench

nightly: $(STAMP) ## the long tests
	@CHROMIUM="$(CHROMIUM)" $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m nightly $(ARGS)

fuzz: $(STAMP) ## schemathesis against every call of the API (FUZZ_EXAMPLES=30 for each kind of input)
	@FUZZ_EXAMPLES="$(FUZZ_EXAMPLES)" $(BIN)/python -m pytest -q -n $(WORKERS) -m nightly tests/web/api/test_fuzz.py $(ARGS)

openapi: $(STAMP) ## write the API's description (OpenAPI 3.1) to build/openapi.json
	@mkdir -p build && $(BIN)/python -m chalicelib.web.api.openapi build/openapi.json

package: $(STAMP) ## dist/package.zip and dist/template.json, ready for `aws cloudformation`
	@$(BIN)/python -m infra.package --dependencies lambda --out dist
	@$(BIN)/cfn-lint --non-zero-exit-code warning dist/template.json

clean: ## remove what was built (the local cloud's data in .local stays)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
