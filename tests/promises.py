"""Marks a test with the number of the promise in docs/ that it keeps: `@promise("SYNC-4")`."""

import pytest


def promise(*numbers: str) -> pytest.MarkDecorator:
    """The test keeps these promises; tests/house/test_promises.py sees that each promise has a test."""
    return pytest.mark.promise(*numbers)
