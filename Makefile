# The commands of this project; 'make' lists them. Nothing else needs to be installed than Python and make.

python := $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$each && break; done)
run := .venv/bin/python -m
compile := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --annotation-style line $(if $(UPGRADE),--upgrade)
constrained := $(compile) --constraint requirements-test.txt

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install install-demo install-test demo up down etl queries run unit test coverage parity chaos bench lint format lock clean

help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: python ## Install what the local system needs, into .venv and devkit/azurite/node_modules
	@$(python) -m devkit.install local

install-demo: python
	@$(python) -m devkit.install demo

install-test: python
	@$(python) -m devkit.install test

demo: install-demo ## Start a system, send it sample files, show what became of them, and stop it again
	@$(run) devkit.demo

up: install ## Run the local system in the foreground; its data stays in .strata/
	@$(run) devkit.up

down: install ## Stop what 'make up' started
	@$(run) devkit.down

etl: install ## Send workbooks of appointments through the local system: samples, or FILES="a.xlsx b.xlsx"
	@$(run) devkit.etl etl $(FILES)

queries: install ## Ask the business questions about appointments
	@$(run) devkit.etl queries

run: install ## Both of them, one after the other
	@$(run) devkit.etl run $(FILES)

unit: install-test ## Run the tests that need no services
	@$(run) pytest tests/unit

test: install-test lint ## Check style, types and layers, then run all tests
	@$(run) pytest

coverage: install-test ## Run all tests and show which lines and branches none of them reaches; takes longer
	@$(run) pytest --cov --cov-report=term:skip-covered

parity: install-test ## Compare the engines on many generated cases, and run a large job on a cluster of Spark
	@STRATA_COMPLETE=1 $(run) pytest --session-timeout=7200 tests/parity tests/integration/services/large tests/datasets/ecommerce/test_bench_peers.py \
		tests/e2e/test_spark_submit.py

chaos: install-test ## Kill the host at every stage, the data factory and its notebooks, many times
	@STRATA_COMPLETE=1 $(run) pytest --session-timeout=7200 tests/chaos

bench: install-test ## Measure the engine beside pandas and Polars, files beside libraries, Spark, and the local system
	@$(run) devkit.bench
	@$(run) devkit.bench --files
	@$(run) devkit.bench --spark
	@$(run) devkit.bench --system

lint: install-test ## Check style, format, types and the direction of imports
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/lint-imports

format: install-test ## Put the code into its format
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

lock: install-test ## Compile the requirements from pyproject.toml; UPGRADE=1 takes newer versions
	@$(run) pip install --quiet uv
	@$(compile) --extra app --extra local --extra spark --extra test pyproject.toml --output-file requirements-test.txt
	@$(constrained) --extra app --extra local --extra spark pyproject.toml --output-file requirements-demo.txt
	@$(constrained) --extra app --extra local pyproject.toml --output-file requirements-local.txt
	@$(constrained) --extra app pyproject.toml --output-file requirements.txt

clean: ## Remove all that can be made again; the data in .strata/ stays
	@rm -rf .venv devkit/azurite/node_modules build dist spark-warehouse metastore_db .coverage .coverage.* \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: python
python:
	$(if $(python),,$(error Python 3.11 or newer is needed, and make found none))
