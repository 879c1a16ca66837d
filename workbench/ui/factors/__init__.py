"""Templates, activations and what is asked of a factorisation."""
