"""What a user does, with no widget."""
