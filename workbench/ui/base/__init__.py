"""What every widget uses: theme, controls, axes, notices."""
