"""Figures kept from events: counted one record at a time, rebuilt by a job, given up to the overseer."""
