"""From samples to frames and back: STFT, scales, levels for the screen."""
