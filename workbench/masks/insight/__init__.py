"""What can be found out about masks: likeness, statistics, oracles."""
