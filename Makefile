# Guitai. `make` alone lists what can be done; `make run` and `make test` need nothing typed before them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?=
export PYTHON
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV
PY := .venv/bin/python
READY := .venv/.guitai-ready
NODE := tests/node/node_modules/.guitai-ready

.PHONY: help setup run demo replay test simulate prove check mutants bench bench-quick screenshots messages bundle licences lock clean

help: ## list what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## prepare this folder: system libraries, .venv, pinned packages (run and test call it)

run: messages ## open a till with 100,000 generated members (on a virtual screen where there is none)
	@$(PY) -m tools.run_till

demo: messages ## head office, a till and its window; without a screen a scripted day with pictures (demo-output)
	@$(PY) -m tools.run_demo

replay: messages ## ring up 6,919 real purchases through two tills and head office, and compare to the cent
	@$(PY) -m app replay tests/data/cdnow_sample.txt --work .run/replay

test: messages $(NODE) ## run every test, with the coverage floors
	@$(PY) -m tools.run_tests

simulate: messages ## play worlds of tills and head office under faults: SEEDS=100 FIRST_SEED=0
	@$(PY) -m tests.simulation.play --seeds $(or $(SEEDS),100) --first-seed $(or $(FIRST_SEED),0)

prove: messages ## the long proofs: every scenario at a till and head office, bad networks, every kill, 100,000 histories, the wire, 50,000 worlds (resumed)
	@$(PY) -m pytest -q -n 2 -p no:randomly tests/proofs/every_pair.py tests/proofs/whole_replay.py tests/proofs/demo_ended.py tests/proofs/chaos_*.py
	@GUITAI_WHOLE_MATRIX=1 $(PY) -m pytest -q -n 2 -p no:randomly tests/e2e/*kill*.py tests/e2e/test_benefits.py tests/e2e/test_spending_points.py
	@$(PY) -m tests.proofs.every_flip
	@$(PY) -m tests.proofs.histories --count 100000
	@$(PY) -m tests.properties.histories --count 100000
	@$(PY) -m tests.proofs.openapi --examples 1000
	@$(PY) -m tests.simulation.prove --seeds $(or $(SEEDS),50000)
	@$(PY) -m tests.simulation.meta

check: messages ## style, types, layers, sizes, words, licences
	@$(PY) -m tools.check

mutants: messages ## alter the rules of points one small way at a time; a test must notice (resumable, docs/mutants.md)
	@$(PY) -m tools.mutants.run

bench: messages ## measure speed against the bare parts at length, in random order (some 20 minutes)
	@$(PY) -m tests.benchmarks.run

bench-quick: messages ## measure speed against the bare parts, 1 million members (under 3 minutes)
	@$(PY) -m tests.benchmarks.run --quick

screenshots: messages ## draw every screen in both languages and both themes into docs/screens
	@QT_QPA_PLATFORM=offscreen $(PY) -m tools.screenshots

messages: $(READY) ## compile the Chinese word lists
	@$(PY) tools/compile_messages.py

bundle: messages ## build the program as one folder, dist/guitai
	@$(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/bundle build.spec
	@dist/guitai/guitai --self-test

lock: $(READY) ## pin the packages again, with hashes, for every platform (requirements/*.txt)
	@tools/lock.sh

licences: $(READY) ## write docs/licences.md from the pinned packages
	@$(PY) -m tools.check_licences --write

clean: ## remove what can be made again (not .venv, not the demo till in .run)
	@rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .run/coverage .run/test
	@find app ui sync devices migrations tests tools resources \( -name __pycache__ -o -name '*.mo' \) \
		-not -path '*/node_modules/*' -prune -exec rm -rf {} +

$(READY): requirements/dev.txt pyproject.toml tools/bootstrap.sh tools/missing_packages.py
	@tools/bootstrap.sh
	@touch $@

$(NODE): tests/node/package.json tools/node_packages.py | $(READY)
	@$(PY) -m tools.node_packages
	@touch $@
