"""`/school/places/door-signs`: a sign with a QR code for each place, to be printed."""

import re
from collections.abc import Callable

import segno
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.schools.pages import only_administrators_come_in, said
from tests.world import World, sign_in

ADDRESS = "/school/places/door-signs"
PICTURE = re.compile(r'<img src="(data:image/svg\+xml[^"]*)"')


def drawn(text: str) -> str:
    """The picture of a code as a page has it."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=4, border=4, light="#fff", omitsize=True)


def test_each_place_has_a_sign_that_opens_the_record_page_with_it_chosen(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get(ADDRESS)
    assert page.status_code == 200
    codes = [f"http://localhost/record?place={place.id}" for place in world.ours.places]
    assert [each.replace("&#39;", "'") for each in PICTURE.findall(page.text)] == [drawn(code) for code in codes]
    assert all(place.name in said(page) for place in world.ours.places)
    assert "No names, no sound." in said(page)


def test_signs_lead_to_where_the_school_opens_the_app(
    make_app: Callable[..., Flask], db: Session, world: World
) -> None:
    db.commit()
    client = make_app(base_url="https://listen.example.org").test_client()
    page = sign_in(client, world.ours.principal).get(ADDRESS, base_url="https://localhost")
    assert drawn(f"https://listen.example.org/record?place={world.ours.places[0].id}") in page.text.replace(
        "&#39;", "'"
    )


def test_an_archived_place_has_no_sign(client: FlaskClient, world: World) -> None:
    world.ours.places[2].archived = True
    page = sign_in(client, world.ours.principal).get(ADDRESS)
    assert "Library" not in said(page)
    assert len(PICTURE.findall(page.text)) == 5


def test_without_places_the_page_says_what_comes_first(client: FlaskClient, db: Session, world: World) -> None:
    for place in world.ours.places:
        db.delete(place)
    page = sign_in(client, world.ours.principal).get(ADDRESS)
    assert "Add the first place" in said(page)
    assert "Neighbour" not in said(page)


def test_only_administrators_of_the_school_come_in(client: FlaskClient, world: World) -> None:
    only_administrators_come_in(client, world, [("GET", ADDRESS)])


def test_signs_are_only_read(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.principal).post(ADDRESS).status_code == 405
