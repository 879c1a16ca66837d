"""Sound: files in and out, the one renderer of the masked mix, and the player."""
