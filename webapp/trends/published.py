"""Reads what was published."""
