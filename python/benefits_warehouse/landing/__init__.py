"""Landing: deliveries of files (or seeds) become Parquet files with lineage, and ledger rows."""
