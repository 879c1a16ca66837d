"""From settings to a factorisation of a recording, for the window and the command line alike."""
