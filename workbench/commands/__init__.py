"""The commands that need no window: one file each, and what they share. Core rooms and the API only, no Qt."""
