"""Which language a page speaks, and how it writes days and times."""

from datetime import date, time

import pytest
from flask import Flask
from flask_babel import format_date, format_time, gettext

pytestmark = pytest.mark.one_database


def test_spanish_writes_days_and_times_as_in_the_americas(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "es-MX,es;q=0.9"}):
        assert gettext("Trends") == "Tendencias"
        assert format_time(time(18, 30), "short", rebase=False).startswith("6:30")
        assert format_date(date(2026, 11, 24), "long") == "24 de noviembre de 2026"


def test_a_language_that_is_not_spoken_here_is_answered_in_english(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert gettext("Trends") == "Trends"
        assert format_date(date(2026, 11, 24), "long") == "November 24, 2026"
