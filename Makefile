# Needs GNU make and Python 3.11 or newer; the rest is installed into .venv and .tools.

PYTHON ?= python3
PYTEST_ARGS ?=
UPGRADE ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SDKS := $(patsubst requirements/sdk-%.txt,.tools/sdk/%/installed.stamp,$(wildcard requirements/sdk-*.txt))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-fast e2e image chart dashboards release-check lint types docs check-docs mutants performance tools versions \
	lock clean

help: ## Print what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/run.stamp ## Run the exporter on a made-up Northflank account, on loopback
	@$(BIN)/northflank-billing-exporter demo

test: $(VENV)/dev.stamp tools ## Run the tests, but those of the image, the chart and the drawn dashboards
	$(BIN)/python -m pytest --ignore=tests/deploy/image --ignore=tests/chart -m "not dashboards" $(PYTEST_ARGS)

test-fast: $(VENV)/dev.stamp ## Run the tests that start no processes
	$(BIN)/python -m pytest -m "not process and not prometheus and not sdk" $(PYTEST_ARGS)

e2e: $(VENV)/dev.stamp tools ## Run Prometheus and Alertmanager with the files of deploy/, end to end
	$(BIN)/python -m pytest tests/alerting $(PYTEST_ARGS)

image: $(VENV)/dev.stamp ## Build the image and try it (ENGINE=docker on the real base)
	@scripts/build_image.sh
	CI=true $(BIN)/python -m pytest tests/deploy/image $(PYTEST_ARGS)

chart: $(VENV)/dev.stamp ## Lint, render, validate and install the Helm chart, on an API server built once
	@scripts/check_chart.sh $(BIN) $(PYTEST_ARGS)

dashboards: $(VENV)/dev.stamp tools ## Query, check and draw the dashboards: npm, Chromium, three months of data
	@scripts/fetch_dashboard_tools.sh
	$(BIN)/python -m pytest -m dashboards $(PYTEST_ARGS)

release-check: $(VENV)/dev.stamp ## Check that version, tag, changelog, chart, packages and image agree (TAG=v1.2.3)
	@$(BIN)/python scripts/release_check.py $(if $(TAG),--tag $(TAG))

lint: $(VENV)/dev.stamp types ## Check style, format, types and layers
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp ## Check the types
	$(BIN)/mypy

docs: $(VENV)/dev.stamp ## Write the documents that are made from the code
	$(BIN)/python scripts/generate_docs.py
	$(BIN)/python -m scripts.dashboards
	$(BIN)/python scripts/generate_chart.py

check-docs: $(VENV)/dev.stamp ## Fail if such a document differs from the code
	$(BIN)/python scripts/generate_docs.py --check
	$(BIN)/python -m scripts.dashboards --check
	$(BIN)/python scripts/generate_chart.py --check

mutants: $(VENV)/dev.stamp ## Break the code on purpose, bug by bug, and see a test fail for each
	$(BIN)/python scripts/mutants.py

performance: $(VENV)/dev.stamp ## Measure organisations small and large, and write it into docs/
	$(BIN)/python -m scripts.performance

tools: $(SDKS) ## Fetch what tests need besides Python: Prometheus, Alertmanager, Northflank's SDKs and others
	@scripts/fetch_prometheus.sh
	@scripts/fetch_deploy_tools.sh

versions: $(VENV)/dev.stamp ## Print the versions of the tools in use
	@scripts/print_versions.sh $(BIN)

lock: ## Lock the requirements anew (UPGRADE=--upgrade for newer versions)
	PYTHON="$(PYTHON)" scripts/lock.sh $(UPGRADE)

clean: ## Remove all that was installed or made here
	rm -rf $(VENV) .tools .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist

# A stamp is written last, so that an interrupted step is done again.
$(VENV)/made.stamp:
	@scripts/check_python.sh "$(PYTHON)"
	@echo "Making $(VENV)"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/run.stamp: requirements/build.txt requirements/run.txt pyproject.toml | $(VENV)/made.stamp
	@echo "Installing the exporter into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt requirements/dashboards.txt $(VENV)/run.stamp
	@echo "Installing the tools of development into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --require-hashes -r requirements/dashboards.txt
	@touch $@

# The SDKs share httpx and the rest with .venv: the tests put the folder on the module path of its Python.
.tools/sdk/%/installed.stamp: requirements/sdk-%.txt | $(VENV)/dev.stamp
	@echo "Installing Northflank's SDK $*"
	@rm -rf .tools/sdk/$*
	@$(PIP) install --no-deps --require-hashes --target .tools/sdk/$* -r $<
	@touch $@
