"""Settings come from the environment; one that is unknown or malformed stops the start with one clear line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.house.sources import ROOT
from webapp import settings
from webapp.settings import Settings, WrongSettingError

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set but what a test sets."""
    for name in settings.names():
        monkeypatch.delenv(name, raising=False)


def wrong(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    """The line that a setting stops the start with."""
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettingError) as stopped:
        Settings.read()
    return str(stopped.value)


def test_with_nothing_set_the_defaults_hold() -> None:
    read = Settings.read()
    assert (read.port, read.trusted_proxies, read.listenin_development) == (8000, 0, False)
    assert (read.base_url, read.smtp_url, read.secret_key) == (None, None, None)
    assert make_url(read.database_url).database == str(settings.INSTANCE / "listenin.db")


def test_what_is_set_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("BASE_URL", "https://listen.example.org:8443/")
    monkeypatch.setenv("SMTP_URL", "smtp://name:password@mail.example.org:587")
    monkeypatch.setenv("TRUSTED_PROXIES", "1")
    read = Settings.read()
    assert (read.port, read.trusted_proxies) == (8123, 1)
    assert read.base_url == "https://listen.example.org:8443"
    assert read.smtp_url == "smtp://name:password@mail.example.org:587"


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    monkeypatch.setenv("BASE_URL", "")
    assert (Settings.read().port, Settings.read().base_url) == (8000, None)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_the_one_driver_there_is(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://name:secret@db.example.org/listenin")
    assert Settings.read().database_url == "postgresql+psycopg://name:secret@db.example.org/listenin"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "6"),
        ("TRUSTED_PROXIES", "yes"),
        ("DATABASE_URL", "listenin.db"),
        ("DATABASE_URL", "mysql://localhost/listenin"),
        ("DATABASE_URL", "postgresql+asyncpg://localhost/listenin"),
        ("SECRET_KEY", "short"),
        ("BASE_URL", "listen.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://listen.example.org/school"),
        ("BASE_URL", "https://listen.example.org:port"),
        ("BASE_URL", "https://listen.example.org?a=b"),
        ("BASE_URL", "https://listen example.org"),
        ("BASE_URL", "ftp://listen.example.org"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.org:submission"),
        ("DEMO_PASSWORD", "short"),
        ("LISTENIN_DEVELOPMENT", "perhaps"),
    ],
)
def test_a_malformed_setting_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    line = wrong(monkeypatch, name, value)
    assert line.startswith(f"{name} must ")
    assert "\n" not in line


def test_the_line_does_not_repeat_what_may_be_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter" not in wrong(monkeypatch, "SECRET_KEY", "hunter2")
    monkeypatch.delenv("SECRET_KEY")
    assert "hunter" not in wrong(monkeypatch, "DATABASE_URL", "mysql://root:hunter2@localhost/listenin")


def test_an_unknown_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    line = wrong(monkeypatch, "LISTENIN_COLOUR", "blue")
    assert line.startswith("LISTENIN_COLOUR is not a setting of Listen In; the settings are DATABASE_URL, ")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("DATABSE_URL", "DATABASE_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("SECRETKEY", "SECRET_KEY"),
        ("SMTP_URI", "SMTP_URL"),
        ("TRUSTED_PROXY", "TRUSTED_PROXIES"),
        ("LISTENIN_DEVELOPEMENT", "LISTENIN_DEVELOPMENT"),
    ],
)
def test_a_misspelt_setting_is_put_right(monkeypatch: pytest.MonkeyPatch, typed: str, meant: str) -> None:
    assert wrong(monkeypatch, typed, "anything") == f"{typed} is not a setting of Listen In; did you mean {meant}?"


def test_what_other_programs_set_is_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEST_DATABASE_URL", "SECRET_KEY_BASE", "REPORT", "SPORT", "URL"):
        monkeypatch.setenv(name, "anything")
    assert Settings.read().port == 8000


def test_a_command_ends_with_the_line_and_no_traceback() -> None:
    command = [sys.executable, "-m", "flask", "--app", "webapp", "routes"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PORT": "eighty"}, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "PORT must be a valid integer\n")


def test_the_key_that_signs_cookies_is_made_once_and_only_its_owner_may_read_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "INSTANCE", tmp_path / "instance")
    first, second = Settings.read().signing_key, Settings.read().signing_key
    assert len(first) == 64
    assert first == second
    assert (tmp_path / "instance" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_is_set_is_the_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(settings, "INSTANCE", tmp_path / "instance")
    monkeypatch.setenv("SECRET_KEY", SECRET)
    assert Settings.read().signing_key == SECRET
    assert not (tmp_path / "instance").exists()
