"""`/styleguide`: every component in every state; registered in development only."""

from flask import Blueprint, render_template

from webapp.web.doors import open_to_all

pages = Blueprint("styleguide", __name__)


@pages.get("/styleguide")
@open_to_all
def show() -> str:
    """The components."""
    return render_template("styleguide.html")
