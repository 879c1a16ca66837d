"""Masks evaluated from the model and the edits, block by block, and remembered: once for all who ask."""
