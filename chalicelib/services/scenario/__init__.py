"""Scenario packages as a tenant uses them: versions, overlays, legal bases and what rests on them."""
