"""Nonnegative matrix factorisation: pure functions on arrays."""
