"""Patrols: what is noted by people who look and report, and have no power to inspect."""
