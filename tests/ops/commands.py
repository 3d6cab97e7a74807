"""Commands, run as at a prompt."""

from dataclasses import dataclass

from flask import Flask


@dataclass(frozen=True)
class Said:
    """How a command ended, and the lines it said."""

    code: int
    out: list[str]
    err: list[str]


def run(app: Flask, *words: str, typed: str = "") -> Said:
    """Runs `listenin …`."""
    done = app.test_cli_runner().invoke(args=list(words), input=typed)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Said(done.exit_code, done.stdout.splitlines(), done.stderr.splitlines())
