"""The user's acts as pure functions from state to state."""
