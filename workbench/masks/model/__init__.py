"""Layers, grids, and what masks are computed from."""
