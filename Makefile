# Set-up and the main jobs. All paths are relative to this folder, and every tool is run by the environment's
# Python, so that a blank in the clone's path, or a moved clone, does no harm.

PYTHON ?= $(shell .ci/find-python)
VENV := .venv
# The other engine: make VENV=.venv-duckdb2 LOCK=.ci/locks/duckdb2.lock build
LOCK := requirements.lock
PY := $(VENV)/bin/python
DBT := $(PY) $(VENV)/bin/dbt
# Tools whose pins would be in the way of ours have environments of their own, .venv-<name>, from .ci/locks/<name>.lock.
DAGSTER_PY := .venv-dagster/bin/python
GRADE_PY := .venv-grade/bin/python
LINEAGE_PY := .venv-lineage/bin/python
SPARK_PY := .venv-spark/bin/python

# A stamp is newer than what it was made from, or set-up does that part again. The one of the dbt packages
# lies inside them: `dbt deps` by hand empties that folder before it asks the hub.
PYTHON_STAMP := $(VENV)/.installed
PACKAGES_STAMP := dbt_packages/.installed
STAND_INS := $(shell find packages/offline -type f)
SOURCES := $(wildcard dbt_project.yml profiles.yml dbt_packages macros models python seeds snapshots \
    $(BENEFITS_REFERENCE_DIR))

# What dbt says when the hub, or a download from it, can't be reached; any other failure is shown as it is.
UNREACHABLE := External connection exception

.DEFAULT_GOAL := help
.PHONY: help setup build built test extended quick reference lint feed check findings alert-test forget disclose share retain rotate-pepper audit-log encrypt lake spark audit docs lineage dashboard \
    orchestrate explore metrics grade soak bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(PYTHON_STAMP) $(PACKAGES_STAMP) ## environment in .venv and dbt packages (OFFLINE=1: don't use the hub)
	@echo "Set-up is complete. To call dbt by hand: . $(VENV)/bin/activate"

$(PYTHON_STAMP): $(LOCK)
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2> /dev/null || \
	    { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Python packages: from $(LOCK) into $(VENV), with $$("$(PYTHON)" --version) ($(PYTHON))"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCK)
	@touch $@

$(PACKAGES_STAMP): packages.yml package-lock.yml $(STAND_INS) | $(PYTHON_STAMP)
	@mkdir -p logs; \
	if [ -n "$(OFFLINE)" ]; then why="the dbt hub is not used (OFFLINE)"; \
	elif $(DBT) --no-use-colors deps > logs/deps.log 2>&1; then why=""; \
	    $(PY) .ci/packages.py dbt_packages || { rm -rf dbt_packages; exit 1; }; \
	elif grep -q "$(UNREACHABLE)" logs/deps.log; then why="the dbt hub can't be reached"; \
	else cat logs/deps.log >&2; exit 1; fi; \
	if [ -z "$$why" ]; then echo "dbt packages: from the dbt hub"; \
	else \
	    echo "dbt packages: $$why, so the stand-ins from packages/offline are used"; \
	    rm -rf dbt_packages && mkdir dbt_packages && cp -R packages/offline/. dbt_packages/ || exit 1; \
	fi
	@touch $@

build: setup ## the main job: dbt build on the seeds
	$(DBT) build
	@echo "Database: $${BENEFITS_DB_DIR:-warehouse}/analytics.duckdb    Exports: outputs/"

# Tests need the relations of the project as it is now: build when there are none, or when a source is newer.
built: setup
	@database="$${BENEFITS_DB_DIR:-warehouse}/analytics.duckdb"; \
	if [ ! -f "$$database" ] || find $(SOURCES) -type f \
	    ! -name '*.pyc' -newer "$$database" | grep -q .; then $(MAKE) build; fi

# Tests run on the sample, in a warehouse of its own: whatever BENEFITS_… and DBT_… variables name is neither read
# nor written, and neither is warehouse/, which may hold data of yours.
SAMPLE = env $$(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^(BENEFITS|DBT)_/) print "-u", name }') \
    BENEFITS_DB_DIR=target/sample/warehouse
SAMPLE_DBT = --target-path target/sample/target --vars '{export_dir: target/sample/outputs}'
# Two pytest workers for two cores (three are slower), whole files to each, since a file's builds share a warehouse.
PYTEST := $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: setup ## what must hold after each change, on the sample: dbt's data and unit tests, then pytest on whole runs
	$(SAMPLE) $(DBT) --quiet build $(SAMPLE_DBT)
	$(SAMPLE) $(DBT) test $(SAMPLE_DBT)
	$(PYTEST)

extended: setup ## tests of many builds in a row, and of lakes, Spark and Dagster where their tools are there
	$(PYTEST) -m 'extended and not soak'

quick: setup ## what needs no build, in under a minute: ruff, the project's shape, tests of Python alone
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PYTEST) --quick

reference: setup ## a folder for reference seeds of yours (DIR=<folder>), then set BENEFITS_REFERENCE_DIR to it
	@PYTHONPATH=python $(PY) -m benefits_warehouse.runtime.reference "$(DIR)"

# sqlfluff runs dbt: in a warehouse of its own it neither waits for a run nor shows up in one. Macros are no SQL
# before they are called: of these it sees the Jinja tags only, and .ci/macros.py the names.
lint: setup ## ruff and mypy for Python, sqlfluff for SQL, .ci/macros.py for macros
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) .ci/macros.py
	$(PY) -m sqlfluff lint --disable-progress-bar --ignore-local-config --disregard-sqlfluffignores \
	    --dialect duckdb --templater jinja --ignore templating --rules JJ01 macros $(wildcard tests/generic)
	BENEFITS_DB_DIR=target/lint/warehouse $(PY) -m sqlfluff lint --disable-progress-bar \
	    $(wildcard models tests analyses snapshots)

feed: setup ## files that follow from the registry of feeds (NAME=source.feed: what it still needs; ARGS=--check)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.feeds_files $(NAME) $(ARGS)

check: setup ## what would become of FILE, without loading it (FEED=source.feed, SENDER=name)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.check "$(FILE)" "$(FEED)" "$(SENDER)" || [ $$? -eq 1 ]

findings: setup ## what is due (COMPANY=EIN or part of the name, KIND=…, STATUS=new, resolved, …, all)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.findings "$(COMPANY)" "$(KIND)" "$(STATUS)"

alert-test: setup ## post a test message to DBT_ENV_SECRET_ALERT_WEBHOOK; 2 with a message where it did not work
	@PYTHONPATH=python $(PY) -m benefits_warehouse.alerts

forget: setup ## erase one person, named on standard input (ARGS: more arguments of dbt build)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.forget $(ARGS)

encrypt: setup ## encrypt restricted.duckdb with DBT_ENV_SECRET_RESTRICTED_KEY, or decrypt it
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.encrypt

lake: setup ## move the warehouse into a lake (docs: BEYOND), without landing anything again
	@PYTHONPATH=python $(PY) -m benefits_warehouse.runtime.to_lake

# The landing is DuckDB's: it reads people's files. What else DuckDB makes for Spark is written beside the landed files.
spark: setup .venv-spark/.installed ## land, hand over, and build all on Spark (docs: BEYOND; ARGS: of dbt build)
	$(DBT) build --select resource_type:seed +path:models/landing +path:models/enrichment \
	    --indirect-selection cautious --exclude-resource-type unit_test
	@PYTHONPATH=python $(PY) -m benefits_warehouse.runtime.to_spark
	DBT_TARGET_PATH=target/spark PYTHONPATH=python $(SPARK_PY) .venv-spark/bin/dbt build --target spark $(ARGS)

disclose: setup ## all that is held of one person, named on standard input, for that person (REASON=why)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.disclose

# Why, for the audit log: make share REASON='yearly report'
ifdef REASON
export BENEFITS_AUDIT_REASON := $(REASON)
endif

share: setup ## counts that may be handed out: PROFILE=safe_harbor REASON=why (OUTPUT=<file>; ARGS=--vars …)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.share "$(PROFILE)" "$(OUTPUT)" $(ARGS)

retain: setup ## what is older than var retention_days: says what; HARD=1 REASON=why removes it (ARGS: of dbt build)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.retention "$(HARD)" $(ARGS)

rotate-pepper: setup ## another key of the person tokens, and a build with it (REASON=why; ARGS: of dbt build)
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.rotate $(ARGS)

audit-log: setup ## clear builds, erasures, disclosures, shares, rotations: who, when, why; 1 if it was changed
	@PYTHONPATH=python $(PY) -m benefits_warehouse.privacy.audit

audit: setup ## known vulnerabilities of the locked packages: new ones and accepted ones
	@$(PY) .ci/audit.py

docs: built ## documentation for dbt docs serve, and as one file: target/static_index.html
	$(DBT) docs generate --static

.venv-%/.installed: .ci/locks/%.lock
	@echo "Python packages of make $*: from $< into .venv-$*"
	@"$(PYTHON)" -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

lineage: docs .venv-lineage/.installed ## where columns come from: target/lineage/index.html (COLUMN=model.column: as text)
	@$(LINEAGE_PY) .ci/lineage.py target $(COLUMN)

dashboard: setup ## the findings in one HTML file, outputs/dashboard.html (ARGS: --output, --database)
	@[ -f "$${BENEFITS_DB_DIR:-warehouse}/analytics.duckdb" ] || $(MAKE) build
	@PYTHONPATH=python $(PY) -m benefits_warehouse.dashboard $(ARGS)

orchestrate: setup .venv-dagster/.installed ## Dagster: builds by delivery and by day, on 127.0.0.1:3000 (ARGS: --port)
	@PYTHONPATH=python $(DAGSTER_PY) -m benefits_dagster $(ARGS)

explore: built ## notebook of the first questions, read-only on analytics.duckdb
	MARIMO_SKIP_UPDATE_CHECK=1 $(PY) -m marimo edit analyses/first_questions.py

metrics: built .venv-grade/.installed ## semantic layer: validate and list, or ARGS="query --metrics gap_days"
	@$(GRADE_PY) .ci/metrics.py $(ARGS)

grade: setup .venv-grade/.installed ## what graders of dbt projects find, compared with what is expected (GRADERS: only these)
	@PROJECT_PYTHON=$(PY) $(GRADE_PY) .ci/grade.py $(GRADERS)

soak: setup ## long tests: kills, crowds, volume
	$(PY) -m pytest -m soak

bench: setup ## wall times
	$(PY) -m pytest -m bench

COMPILE := uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
    --no-strip-extras --no-emit-index-url --annotation-style line --custom-compile-command "make lock" --quiet

lock: ## pin the Python packages again after a change of pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --extra dev --extra encryption --extra lake --extra explore -o requirements.lock
	$(COMPILE) pyproject.toml --extra encryption --extra orchestrate -c requirements.lock -o .ci/locks/dagster.lock
	cp requirements.lock .ci/locks/duckdb2.lock  # what it starts from: they differ in the engine alone
	$(COMPILE) pyproject.toml --extra dev --extra explore --override .ci/locks/duckdb2.in -o .ci/locks/duckdb2.lock
	$(COMPILE) .ci/locks/lineage.in -o .ci/locks/lineage.lock
	$(COMPILE) .ci/locks/grade.in -o .ci/locks/grade.lock
	$(COMPILE) .ci/locks/spark.in -c requirements.lock -o .ci/locks/spark.lock

clean: ## remove what make can make again; never warehouse/ and outputs/, which hold data
	rm -rf $(VENV) .venv-* dbt_packages target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis
