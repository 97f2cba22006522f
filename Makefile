# Trình Ký. `make demo` runs the main job, `make test` passes the tests; each installs what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
OUT ?= var/demo
JOBS ?= 4
ROUNDS ?= 21
SIZE ?= 2000
SIGNED ?=
BIN := .venv/bin
PACKAGES := flows portal cli wiring actions signing documents deadlines delivery archive models bench

# uv takes certificates and Python from the system and downloads neither.
export UV_SYSTEM_CERTS := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)

# Dozens of short-lived processes load the same modules: they are compiled once, not by each.
unexport PYTHONDONTWRITEBYTECODE

# Prefect stays on this machine and says nothing to anybody.
export DO_NOT_TRACK := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false

.PHONY: help
help: ## Lists the targets
	@grep -E '^[a-z-]+:.*?## ' $(MAKEFILE_LIST) | sed -E 's/:.*?## /\t/' | expand -t 14

.PHONY: setup
setup: .venv/.ready node_modules/.ready ## Installs what the product needs into .venv and node_modules

.tools/uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed"; exit 1; }
	$(PYTHON) -m venv .tools/uv
	.tools/uv/bin/pip install --quiet --disable-pip-version-check uv

.venv/.ready: requirements.lock pyproject.toml | $(UV)
	$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" .venv
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

node_modules/.ready: package.json package-lock.json
	npm ci --silent
	touch $@

# System packages: installed where we may, named where we may not. $(1) command to look for, $(2) Debian package.
define need
	@command -v $(1) >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    { apt-get install -y -qq --no-install-recommends $(2) || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2); }; } >/dev/null; \
	  else echo "Missing: $(1). Install the package $(2)."; [ "$${CI:-}" != true ]; fi; }
endef

# The same for servers that only tests start: their services are masked first, and no other mail server is pushed out.
# $(1) program by its path, $(2) Debian package, $(3) its services, $(4) a path that another package of the kind would hold
define need_server
	@test -x $(1) || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ ! -e $(4) ]; then \
	    mkdir -p /etc/systemd/system && for unit in $(3); do [ -e /etc/systemd/system/$$unit ] || ln -s /dev/null /etc/systemd/system/$$unit; done; \
	    export DEBIAN_FRONTEND=noninteractive; \
	    { apt-get install -y -qq --no-install-recommends $(2) || { apt-get update -qq && apt-get install -y -qq --no-install-recommends $(2); }; } >/dev/null; \
	  else echo "Missing: $(1). Install the package $(2)."; [ "$${CI:-}" != true ]; fi; }
endef

.PHONY: system-packages
system-packages:
	$(call need,pdfsig,poppler-utils)
	$(call need,chromium,chromium)
	$(call need,mutool,mupdf-tools)
	$(call need,softhsm2-util,softhsm2)
	$(call need,pkcs11-tool,opensc)
	$(call need,tesseract,tesseract-ocr tesseract-ocr-vie)
	$(call need_server,/usr/sbin/exim4,exim4-daemon-light,exim4.service exim4-base.timer,/usr/sbin/sendmail)
	$(call need_server,/usr/sbin/dovecot,dovecot-imapd,dovecot.service dovecot.socket,/usr/sbin/dovecot)

.PHONY: demo
demo: setup ## Plays the seed's story into OUT (default var/demo)
	$(BIN)/trinhky story demo/story.toml --out $(OUT)

.PHONY: serve
serve: setup ## Starts everything for daily use on this machine
	exec $(BIN)/trinhky serve

.PHONY: test
test: setup system-packages ## Runs the tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder

.PHONY: screens
screens: setup system-packages ## Takes the pictures of docs/screens anew
	$(BIN)/python -m tests.browser.screens docs/screens

.PHONY: soak
soak: setup system-packages ## Runs the long tests: kills, mutations, load
	$(BIN)/python -m pytest tests/soak
	$(BIN)/python -m pytest -m soak tests
	KILL_EVERYWHERE=1 CUT_STRIDE=1 $(BIN)/python -m pytest --timeout 900 tests/actions/test_killed_dispatch.py \
	  tests/actions/test_killed_chasing.py tests/actions/test_cut_connections.py

.PHONY: bench-verify
bench-verify: setup system-packages ## Our judge against pdfsig, mutool and pyHanko, as ratios; SIGNED=folder adds its files
	$(call need,mutool,mupdf-tools)
	$(BIN)/python -m bench.verify --rounds $(ROUNDS) $(if $(SIGNED),--signed-pdfs $(SIGNED))

.PHONY: bench-consolidation
bench-consolidation: setup ## One report out of 1,000; against plain openpyxl, as ratios
	$(BIN)/python -m bench.consolidation

.PHONY: bench-sign
bench-sign: setup system-packages ## 500 files at a token; our signing against pyHanko and @signpdf/signpdf, as ratios
	$(BIN)/python -m bench.batch --files 500
	$(BIN)/python -m bench.sign

.PHONY: bench-outbox
bench-outbox: setup ## Claims per second beside a bare table; a directive to 10,000 units beside smtplib
	$(BIN)/python -m bench.outbox

.PHONY: bench-chasing
bench-chasing: setup ## A day's chase over 10,000 to 1,000,000 obligations; POSTGRES=url adds PostgreSQL
	$(BIN)/python -m bench.chasing $(if $(POSTGRES),--postgres $(POSTGRES))

.PHONY: bench-portal
bench-portal: setup ## Every page at 20 requests a second, SIZE=directives (2,000); POSTGRES=url instead of SQLite
	$(BIN)/python -m bench.portal --size $(SIZE) $(if $(POSTGRES),--postgres $(POSTGRES))

.PHONY: bench-channels
bench-channels: setup ## Messages per second by channel, ours against plain loops of the libraries
	$(BIN)/python -m bench.channels

.PHONY: strings
strings: setup ## Brings new texts of the portal into the English catalogue, where they wait for a translation
	$(BIN)/python -m tests.support.catalogue

.PHONY: check
check: setup ## Style, types, import contracts, spelling, and whether the lock is current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(BIN)/python tests/support/repository_check.py
	$(MAKE) --no-print-directory lock-check

.PHONY: lock
lock: | $(UV) ## Writes requirements.lock anew from pyproject.toml
	$(UV) pip compile --quiet --generate-hashes --no-emit-index-url --all-extras --universal pyproject.toml -o requirements.lock

.PHONY: lock-check
lock-check: | $(UV)
	@mkdir -p var && cp requirements.lock var/lock-check.txt
	@$(UV) pip compile --quiet --offline --generate-hashes --no-emit-index-url --all-extras --universal pyproject.toml -o var/lock-check.txt 2>/dev/null \
	  || $(UV) pip compile --quiet --generate-hashes --no-emit-index-url --all-extras --universal pyproject.toml -o var/lock-check.txt
	@diff <(grep -v '^#' requirements.lock) <(grep -v '^#' var/lock-check.txt) >/dev/null || { echo "requirements.lock is not current: run make lock"; exit 1; }
