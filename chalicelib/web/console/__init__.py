"""Pages of the console face."""
