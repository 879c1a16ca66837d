"""Long work: one runner with progress and cancel, and the works themselves."""
