"""`doctor`: looks the installation over."""

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.extensions import db
from webapp.ops import findings
from webapp.ops.findings import Weight


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Check the installation, one line a finding; ends with 1 when there is a problem."""
    found = list(findings.all_of(db.session, current_app.config["SETTINGS"], datetime.now(UTC)))
    for finding in found:
        click.echo(f"{finding.weight:<7}  {finding.line}")
    if any(finding.weight is Weight.PROBLEM for finding in found):
        raise SystemExit(1)
