"""Whose data it is: erasure, the list of the forgotten, encryption, and cleaning as SQL."""
