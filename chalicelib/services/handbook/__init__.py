"""Handbooks sent to subjects, with receipts."""
