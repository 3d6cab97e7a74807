"""Every setting, typed and checked at start, and where templates, static files and migrations are."""

import os
import re
import secrets
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

PACKAGE = Path(__file__).resolve().parent
PREFIX = "LISTENIN_"


def _root() -> Path:
    """The folder that holds templates, static files and migrations: the checkout, or the installed package."""
    return PACKAGE if (PACKAGE / "_templates").is_dir() else PACKAGE.parent


def _inside(name: str) -> Path:
    packed = PACKAGE / f"_{name}"
    return packed if packed.is_dir() else PACKAGE.parent / name


TEMPLATES = _inside("templates")
STATIC = PACKAGE / "_static" if (PACKAGE / "_static").is_dir() else PACKAGE.parent / "static" / "dist"
MIGRATIONS = _inside("migrations")
INSTANCE = (Path.cwd() if _root() == PACKAGE else _root()) / "instance"


class WrongSettingError(SystemExit):
    """A setting is unknown or cannot be read; the message is one line that says which, and what to do.

    An exit, so that whatever starts the application (a command, gunicorn) ends with that line and no traceback.
    """


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError(
            "must look like sqlite:///file.db or postgresql+psycopg://name:password@host/database"
        ) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return url.render_as_string(hide_password=False)


def _web_address(value: str) -> str:
    address = _parts(value)
    if address is None or address.scheme not in {"http", "https"} or address.path.strip("/") or "@" in address.netloc:
        raise ValueError("must look like https://listen.example.org, without a path")
    return f"{address.scheme}://{address.netloc}"


def _mail_address(value: str) -> str:
    address = _parts(value)
    if address is None or address.scheme not in {"smtp", "smtps"}:
        raise ValueError("must look like smtp://name:password@host:587")
    return value


def _parts(value: str) -> SplitResult | None:
    """The parts of an address that names a host; None when it does not, or cannot be read."""
    try:
        address = urlsplit(value)
        readable = address.hostname and (address.port is None or address.port > 0)
    except ValueError:
        return None
    return address if readable and not re.search(r"[\s?#]", value) else None


def _long_enough(value: str) -> str:
    if len(value) < 32:  # noqa: PLR2004 - 32 characters of hexadecimal are 128 bits
        raise ValueError("must have at least 32 characters; leave it unset and one is made for you")
    return value


class Settings(BaseSettings):
    """The settings of one installation, read from the environment."""

    model_config = SettingsConfigDict(env_prefix="", extra="forbid", frozen=True, env_ignore_empty=True)

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default=f"sqlite:///{INSTANCE / 'listenin.db'}", description="Where the data is kept"
    )
    secret_key: Annotated[str, AfterValidator(_long_enough)] | None = Field(
        default=None, description="Signs cookies; made and kept under instance/ when unset"
    )
    port: int = Field(default=8000, ge=1, le=65535, description="The port to serve on")
    base_url: Annotated[str, AfterValidator(_web_address)] | None = Field(
        default=None, description="The address that people open, for links in letters and QR codes"
    )
    smtp_url: Annotated[str, AfterValidator(_mail_address)] | None = Field(
        default=None, description="The mail server for letters"
    )
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="How many reverse proxies stand in front")
    demo_password: str = Field(default="listen-in-demo", min_length=8, description="Password of the demo sign-ins")
    listenin_development: bool = Field(default=False, description="Shows /styleguide and full error pages")

    @classmethod
    def read(cls) -> Self:
        """The settings of this process.

        Raises:
            WrongSettingError: one is unknown (LISTENIN_…, or nearly the name of one) or malformed.
        """
        _refuse_unknown(cls)
        try:
            return cls()
        except ValidationError as wrong:
            first = wrong.errors()[0]
            name = str(first["loc"][0]).upper()
            raise WrongSettingError(f"{name} {_told(first['msg'])}") from None

    @cached_property
    def signing_key(self) -> str:
        """SECRET_KEY, or the one made at the first start and kept under instance/."""
        return self.secret_key or _kept_secret(INSTANCE / "secret_key")


def _told(message: str) -> str:
    """Pydantic's words, made to follow the name of a setting."""
    plain = message.removeprefix("Value error, ").replace("Input should be", "must be")
    return plain.replace("String should have", "must have").partition(", unable to parse")[0]


def names() -> list[str]:
    """The settings' names as they stand in the environment."""
    return [name.upper() for name in Settings.model_fields]


def _refuse_unknown(cls: type[Settings]) -> None:
    known = names()
    for name in os.environ:
        if name in known:
            continue
        near = get_close_matches(name, [k for k in known if "_" in k], n=1, cutoff=0.85)
        if name.startswith(PREFIX) or near:
            hint = f"; did you mean {near[0]}?" if near else f"; the settings are {', '.join(known)}"
            raise WrongSettingError(f"{name} is not a setting of Listen In{hint}")


def _kept_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    secret = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as out:
        out.write(secret)
    return secret
