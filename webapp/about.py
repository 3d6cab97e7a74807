"""`/about`: what is recorded and what is not, readable by all."""

from flask import Blueprint, render_template

from webapp.web.doors import open_to_all

pages = Blueprint("about", __name__)


@pages.get("/about")
@open_to_all
def show() -> str:
    """What is recorded, what is not, who sees what."""
    return render_template("about.html")
