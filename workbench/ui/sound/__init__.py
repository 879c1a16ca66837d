"""Transport, listening and the mixer."""
