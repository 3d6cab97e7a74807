"""Home, sign-in, sign-out, one-time links and `/account`."""

from flask import Blueprint

from webapp.people.models import Person
from webapp.schools.access import signed_in
from webapp.web.doors import open_to_all

pages = Blueprint("signing_in", __name__)


@pages.get("/sign-in")
@open_to_all
def sign_in() -> str:
    return ""


@pages.get("/account")
@signed_in
def account(person: Person) -> str:
    return person.name
