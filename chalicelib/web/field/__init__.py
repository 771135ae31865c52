"""Pages of the field face."""
