"""The palette, the options of tools and the threshold."""
