"""The command line: `listenin …`, or `flask --app webapp …`."""

from flask import Flask
from flask.cli import FlaskGroup

from webapp.ops import shell


def init_app(app: Flask) -> None:
    """Adds the commands to `flask`."""
    app.cli.add_command(shell.build_shell)


def _app() -> Flask:
    from webapp import create_app  # noqa: PLC0415 - the commands stand above the application that adds them

    return create_app()


cli = FlaskGroup(create_app=_app, help="Listen In: hear how the adults of a school talk about teaching.")
