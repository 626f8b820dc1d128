# Every command this repository has, one line each: `make help` lists them.
# A fresh Debian machine needs git, make and Python 3.11 or newer with its venv module, nothing else.

PYTHON ?= python3
BIN := .venv/bin
# as many as there are cores at least; a third one on two cores gained nothing
WORKERS ?= 2
# what was compiled once is kept beside its source: a process starts in 2 instead of 4 seconds of processor
unexport PYTHONDONTWRITEBYTECODE
PIN := uv pip compile --quiet --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help run test drill hosts capacity pictures lint bench demo docs pins clean

help: ## Say what can be typed
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: .venv/.run ## Start the Run Registry on http://127.0.0.1:8050 (or $PORT) with a replayed fill; the first start loads the demo
	@$(BIN)/python -m ingest demo --if-empty && exec $(BIN)/python -m jobs.supervisor

test: .venv/.dev lint ## Lint, then every test, on SQLite and PostgreSQL and in a browser
	@$(BIN)/python -m tests.provision && $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

drill: .venv/.dev ## Break things on purpose and see what survives
	@$(BIN)/python -m benchmarks.drill

hosts: .venv/.dev ## Two web hosts, a worker, PostgreSQL and Redis under load, each of them killed meanwhile
	@$(BIN)/python -m benchmarks.hosts

capacity: .venv/.dev ## Measure what a viewer, a run and a year cost, and write docs/capacity.md
	@$(BIN)/python -m benchmarks.capacity

pictures: .venv/.dev ## Every screen in both themes from phone to wall, measured: docs/looks.md and docs/pictures
	@$(BIN)/python -m benchmarks.pictures

lint: .venv/.dev ## Style, types, which room may import which, and known weaknesses of dependencies
	@$(BIN)/ruff check && $(BIN)/ruff format --check && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/python -m tests.provision.audit

bench: .venv/.dev ## Measure what must stay fast
	@$(BIN)/python -m benchmarks

demo: .venv/.run ## Load the demonstration data
	@$(BIN)/python -m ingest demo

docs: .venv/.dev ## Build the documentation into docs/_site; a link that leads nowhere fails
	@$(BIN)/sphinx-build -q -W --keep-going -c docs/site -d docs/_site.kept docs docs/_site && echo docs/_site/index.html

pins: .venv/.dev ## Recompile requirements*.txt from requirements*.in
	@$(BIN)/$(PIN) requirements.in -o requirements.txt && $(BIN)/$(PIN) requirements-dev.in -o requirements-dev.txt

clean: ## Remove what make has installed and every cache; data/ stays
	rm -rf docs/_site docs/_site.kept .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Installing: a stamp per list, so that nothing is done twice; uv where it can be had, else pip.
.venv/.made:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): apt install python3 python3-venv, or make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet uv || echo "uv cannot be had; pip does the same, more slowly."
	@touch $@

.venv/.run: requirements.txt | .venv/.made
.venv/.dev: requirements-dev.txt | .venv/.made
.venv/.run .venv/.dev:
	@echo "Installing $<"
	@{ [ -x $(BIN)/uv ] && $(BIN)/uv pip install --quiet --python $(BIN)/python -r $<; } || $(BIN)/python -m pip install --quiet -r $<
	@touch $@
