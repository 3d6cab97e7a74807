"""The whole application, for tests that look at it and ask its database nothing."""

import pytest
from flask import Flask

from tests.conftest import new_app


@pytest.fixture(scope="session")
def whole() -> Flask:
    """The application as it is in development: with every door there is."""
    return new_app("sqlite://", listenin_development=True)


@pytest.fixture(scope="session")
def served() -> Flask:
    """The application as it is served to schools."""
    return new_app("sqlite://")
