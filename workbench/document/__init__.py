"""The open project: plain immutable data, and the one gateway that changes it."""
