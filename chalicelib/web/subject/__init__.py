"""Pages of the subject face."""
