"""Periodic reports: opened when a period ends, submitted, corrected, returned, and told to the evaluation."""
