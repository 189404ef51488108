"""The warehouse under Dagster: a model is an asset, a data test a check, a delivery starts a build.

`make orchestrate` opens it. Nothing of it is needed for `dbt build`, and it imports only what the
environment .venv-dagster holds. See the docs page RUNNING.
"""
