"""The mask stack: masks computed from the factors, the edits laid over them, and the tools that make edits."""
