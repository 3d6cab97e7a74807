"""`build-shell`: the pages that know no one, for the worker to keep on the phone."""

import click


@click.command("build-shell")
def build_shell() -> None:
    """Draw the pages that work without a network into static/dist/shell."""
