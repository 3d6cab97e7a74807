"""A sheet from the browser's own printer: one page of Letter or A4, with nothing of the page around it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import paper
from tests.browser.conftest import signed_in
from tests.browser.server import Server
from tests.observing.rows import heard
from tests.trends.schooldays import FIRST, SECOND, closing, plenty
from tests.world import Cast
from webapp.culture.vocabulary import TRAITS, PlaceKind, Trait
from webapp.extensions import new_id
from webapp.people.models import Person
from webapp.schools.models import District, Place, School, SchoolYear
from webapp.trends.publishing import publish_due

NOW = datetime.now(UTC)
COACH = "coach@ours.example"


def fill(session: Session, number: int) -> None:
    """As many places with long names, of which some stand out and all changed: all that a sheet may have to hold."""
    here = ours(session)
    school, coach, places = here.school, here.coach, here.places
    for order in range(len(places), number):
        places.append(
            Place(
                id=new_id(),
                school_id=school.id,
                name=f"Corridor and stairs behind the north wing {order}",
                kind_code=PlaceKind.OTHER.code,
                floor=order % 5,
                position=order,
                adults=12,
            )
        )
        session.add(places[-1])
        session.flush()
        said: tuple[Trait, ...] = TRAITS if order % 5 == 0 else (Trait.EVIDENCE,)
        heard(session, school, places[-1], coach, NOW, *said, times=14)
        heard(session, school, places[-1], coach, NOW - timedelta(days=40), Trait.ACTION, times=14)
    session.commit()


def ours(session: Session) -> Cast:
    school = session.scalars(select(School).where(School.name == "Our School")).one()
    known = select(Person).where(Person.email.endswith("@ours.example"))
    people = {person.email.partition("@")[0]: person for person in session.scalars(known)}
    return Cast(
        district=session.scalars(select(District).where(District.id == school.district_id)).one(),
        school=school,
        places=list(session.scalars(select(Place).where(Place.school_id == school.id).order_by(Place.position))),
        year=session.scalars(select(SchoolYear).where(SchoolYear.school_id == school.id)).one(),
        **{role: people[role] for role in ("coach", "principal", "teacher")},
    )


def printed(chromium: Browser, server: Server, address: str, language: str) -> list[bytes]:
    context = chromium.new_context(storage_state=signed_in(chromium, server, COACH), locale=language)
    page = context.new_page()
    page.goto(server.url + address)
    sheets: list[Any] = [page.pdf(format=size) for size in ("Letter", "A4")]
    context.close()
    return [bytes(sheet) for sheet in sheets]


@pytest.mark.parametrize("places", [15, 30, 60])
def test_the_map_comes_out_on_one_page(own_server: Server, chromium: Browser, places: int) -> None:
    with own_server.data() as session:
        fill(session, places)
    for language, said in (("en-US", "For the leadership team"), ("es-ES", "Para el equipo directivo")):
        for sheet in printed(chromium, own_server, "/heatmap/report?period=30-days&compare=before", language):
            assert paper.pages_of(sheet) == 1
            words = paper.text_of(sheet)
            assert said in words
            assert words.startswith(said)


def test_what_is_published_comes_out_on_one_page(own_server: Server, chromium: Browser) -> None:
    with own_server.data() as session:
        here = ours(session)
        for number, month in enumerate((FIRST, SECOND)):
            for observation in plenty(session, here, month, 45):
                # All seven change, so that each has as much to tell as it can.
                observation.heard = sum(TRAITS) if number else 0
            publish_due(session, here.school, closing(here, month))
        session.commit()
    for language, said in (("en-US", "how we talk about teaching"), ("es-ES", "cómo hablamos de la enseñanza")):
        for sheet in printed(chromium, own_server, "/trends/report", language):
            assert paper.pages_of(sheet) == 1
            assert said in paper.text_of(sheet)
            assert "Print this page" not in paper.text_of(sheet)
