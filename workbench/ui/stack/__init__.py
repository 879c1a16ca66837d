"""The mask stack, its history and the audition walk."""
