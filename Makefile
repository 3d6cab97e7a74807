# `make` alone prints what can be made. Everything that is installed is noted by a stamp file, so that it is done once.
SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

BIN := .venv/bin
# Node's own tools, by path: no npx, no look-up.
NODE_BIN := node_modules/.bin
export PORT ?= 8000

# `make run` installs what running needs; everything else needs all.
NEEDS := $(if $(filter-out run build help clean,$(MAKECMDGOALS)),all,run)
PYTHON := .venv/.$(NEEDS)
NODE := node_modules/.$(NEEDS)
SITE := static/dist/sw.js
WORDS := webapp/translations/.compiled

PAGES := $(shell find static/src templates webapp -type f ! -name '*.pyc' ! -name '*.mo' ! -name .compiled 2>/dev/null)
CATALOGUES := $(shell find webapp/translations -name '*.po' 2>/dev/null)

.PHONY: help
help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(SITE) ## Install what is missing, build, migrate, seed a demo school, and serve on http://localhost:8000 (PORT=…)
	@exec $(BIN)/python -m scripts.serve

.PHONY: test
test: $(SITE) ## Run every test (installs a browser, PostgreSQL and Pango if there is none)
	@scripts/test-needs
	@scripts/test-front-end
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

.PHONY: check
check: $(SITE) ## Formatter, linter, types, import rules, migration drift
	@scripts/check

.PHONY: bench
bench: $(SITE) ## Run the benchmarks, each against its peer, and print a table
	@scripts/bench

.PHONY: bench-faults
bench-faults: $(SITE) ## Kill, lose, double and reorder for as long as it takes to believe it (SEED=… repeats a run)
	@scripts/bench-faults

.PHONY: format
format: $(PYTHON) $(NODE) ## Put all sources into their form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NODE_BIN)/biome check --write .

.PHONY: build
build: $(SITE) ## Build the front end and the translations

.PHONY: lock
lock: $(PYTHON) $(NODE) ## Look up the newest allowed versions and pin them, with hashes
	@scripts/lock

.PHONY: clean
clean: ## Remove all that was installed or built; the data under instance/ stays
	rm -rf .venv node_modules tests/bench/node_modules static/dist build dist $(WORDS)

# --- What the above need -------------------------------------------------------------------------------------------

.venv/.run: requirements.txt scripts/uv.txt pyproject.toml
	@scripts/python-packages requirements.txt
	@scripts/paper-needs
	@touch $@

.venv/.all: requirements-dev.txt scripts/uv.txt pyproject.toml
	@scripts/python-packages requirements-dev.txt
	@touch .venv/.run $@

node_modules/.run: package-lock.json
	@scripts/node-packages run
	@touch $@

node_modules/.all: package-lock.json
	@scripts/node-packages all
	@touch node_modules/.run $@

$(WORDS): $(CATALOGUES) | $(PYTHON)
	@mkdir -p $(@D)
	@$(if $(CATALOGUES),$(BIN)/pybabel --quiet compile --directory $(@D))
	@touch $@

# The pages that know no one are made from the built scripts, and the worker's list from both.
$(SITE): $(PAGES) $(WORDS) esbuild.mjs workbox-config.cjs requirements.txt package-lock.json | $(PYTHON) $(NODE)
	@echo "Building the front end …"
	@node esbuild.mjs
	@$(BIN)/listenin build-shell
	@$(NODE_BIN)/workbox injectManifest workbox-config.cjs >build/workbox.log || { cat build/workbox.log; exit 1; }
	@grep precache: build/workbox.log
