# The warehouse in a container: Debian 12 and its Python, locked packages in environments that are made in a stage of
# their own, so neither pip's cache nor make, git or a compiler is in what runs. Who runs it may not write to /app.
# compose.yaml says how to run it.
FROM debian:bookworm-slim AS system

# Debian keeps the newest version of a package only, so one that is pinned could not be had a month later.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM system AS packages

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git make python3-venv \
    && rm -rf /var/lib/apt/lists/*
COPY .ci .ci
COPY packages packages
COPY Makefile requirements.lock packages.yml package-lock.yml dbt_project.yml profiles.yml ./
ARG OFFLINE=""
RUN make setup OFFLINE="$OFFLINE"

FROM packages AS packages-of-dagster

RUN make .venv-dagster/.installed

FROM system AS warehouse

RUN useradd --uid 10001 --user-group --no-create-home warehouse \
    && useradd --uid 10002 --user-group --no-create-home reader \
    && install --directory --owner=warehouse --group=warehouse /warehouse /landing /reference
COPY --from=packages /app/.venv .venv
COPY --from=packages /app/dbt_packages dbt_packages
COPY dbt_project.yml profiles.yml packages.yml package-lock.yml selectors.yml ./
COPY macros macros
COPY python python
COPY tests/marts tests/marts
COPY tests/quality tests/quality
COPY analyses analyses
COPY seeds seeds
COPY snapshots snapshots
COPY models models
ENV PATH="/app/.venv/bin:$PATH" \
    PYTHONPATH=/app/python \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    BENEFITS_DB_DIR=/warehouse \
    DBT_TARGET_PATH=/tmp/target \
    DBT_LOG_PATH=/tmp/logs
USER 10001
VOLUME ["/warehouse", "/landing"]
CMD ["dbt", "build"]

FROM warehouse AS dagster

COPY --from=packages-of-dagster /app/.venv-dagster .venv-dagster
CMD ["/app/.venv-dagster/bin/python", "-m", "benefits_dagster", "--host", "0.0.0.0"]
