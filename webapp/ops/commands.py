"""The command line: `listenin …`, or `flask --app webapp …`."""

from flask import Flask
from flask.cli import FlaskGroup

from webapp.ops import accounts, create_admin, demo, doctor, export, import_file, publish, recount, shell


def init_app(app: Flask) -> None:
    """Adds the commands to `flask`."""
    for command in (
        create_admin.create_admin,
        accounts.deactivate,
        accounts.reactivate,
        demo.demo,
        publish.publish,
        export.export,
        recount.recount,
        import_file.import_file,
        doctor.doctor,
        shell.build_shell,
    ):
        app.cli.add_command(command)


def _app() -> Flask:
    from webapp import create_app  # noqa: PLC0415 - the commands stand above the application that adds them

    return create_app()


cli = FlaskGroup(create_app=_app, help="Listen In: hear how the adults of a school talk about teaching.")
