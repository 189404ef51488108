"""Look before you load: what would become of a file, without loading it (`make check`)."""
