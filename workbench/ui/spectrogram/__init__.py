"""The spectrogram and the hand on it."""
