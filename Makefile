# make run    install what is missing, then open the studio on the demo capture
# make test   install what is missing, then check and test everything
# make check  style, types, layering and spelling
# make bench  measure against the committed baseline (minutes)
# make clean  remove what the others made, runs excepted

PYTHON ?= python3
export PYTHON
bin := .venv/bin

.PHONY: run test check bench clean install-run install-test

run: install-run
	@.ci/demo

test: install-test
	@$(MAKE) --no-print-directory check
	$(bin)/python -m pytest

check: install-test
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/pyright
	$(bin)/lint-imports
	$(bin)/typos

bench: install-test
	$(bin)/python -m tests.benchmarks --gate

install-run:
	@.ci/install run

install-test:
	@.ci/install test

clean:
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
