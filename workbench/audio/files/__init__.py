"""Sound files as they are met: what their headers say, what they hold, and what of it is sound."""
