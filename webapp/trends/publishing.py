"""Publishes what may be shown: run by a timer."""
