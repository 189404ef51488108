"""Slow, obvious references for the analyses (SPEC 4) and generators of hard cases. Tests only."""
