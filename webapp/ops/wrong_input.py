"""What somebody typed at the prompt is not right."""

import click


class WrongInputError(click.ClickException):
    """Shown as one line that says what to do; ends the command with 2, as click does for its own."""

    exit_code = 2
