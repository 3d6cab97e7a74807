"""Give a floor a plan, show where its places lie, and see the building as it is."""

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.addresses import PLAN
from tests.observing.rows import heard
from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.schools.test_drawings import pages, picture, vector
from tests.world import BEGAN, World, sign_in
from webapp.culture.vocabulary import PlaceKind, Trait
from webapp.schools import drawings, floor_plans, merging, places
from webapp.schools.floor_plans import Area
from webapp.schools.models import FloorPlan, Zone

LIST = "/school/floor-plans"
FIRST = f"{LIST}/1"
PICTURE = f"{FIRST}/picture"


def add(client: FlaskClient, data: bytes, name: str = "plan.png", address: str = PICTURE, **more: str) -> TestResponse:
    return client.post(address, data={"picture": (BytesIO(data), name), **more})


def shown(client: FlaskClient, world: World, headers: dict[str, str] | None = None) -> TestResponse:
    return client.get(f"/schools/{world.ours.school.id}/floor-plans/1", headers=headers)


def stored(db: Session, world: World) -> dict[str, Area]:
    db.expire_all()
    names = {place.id: place.name for place in world.ours.places}
    return {names[place]: area for place, area in floor_plans.zones(db, world.ours.school).items()}


def zones(world: World, revision: int = 1, **said: str) -> dict[str, str]:
    """The form as sent: for each place by its number in the cast, four per cents."""
    lines = {str(world.ours.places[int(key[1:])].id): value.split() for key, value in said.items()}
    sides = ("x", "y", "width", "height")
    return {"revision": str(revision)} | {
        f"{place}-{side}": number for place, four in lines.items() for side, number in zip(sides, four, strict=True)
    }


@pytest.fixture
def planned(client: FlaskClient, world: World) -> World:
    """The first floor has a plan; the principal is signed in."""
    sign_in(client, world.ours.principal)
    assert add(client, PLAN).status_code == 303
    return world


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (picture("PNG"), "plan.png", "image/webp"),
        (picture("JPEG"), "plan.jpg", "image/webp"),
        (pages(1), "plan.pdf", "image/webp"),
        (vector(), "plan.svg", "image/svg+xml"),
        # What a file is called says nothing.
        (vector(), "plan.png", "image/svg+xml"),
        (picture("PNG"), "plan.exe", "image/webp"),
    ],
)
def test_a_plan_is_added_and_shown_to_whoever_sees_the_map(
    client: FlaskClient, world: World, data: bytes, name: str, media_type: str
) -> None:
    sign_in(client, world.ours.principal)
    answer = add(client, data, name)
    assert (answer.status_code, answer.location) == (303, FIRST)
    assert client.get(FIRST).status_code == 200
    sign_in(client, world.ours.coach)
    there = shown(client, world)
    assert (there.status_code, there.content_type) == (200, media_type)
    assert there.data


def test_a_plan_is_sent_so_that_nothing_in_it_can_run(client: FlaskClient, planned: World) -> None:
    answer = shown(client, planned)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]
    again = shown(client, planned, {"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_only_administrators_change_plans(client: FlaskClient, world: World) -> None:
    addresses = [(method, f"{FIRST}{end}") for end in ("", "/picture", "/removal") for method in ("GET", "POST")]
    only_administrators_come_in(client, world, [("GET", LIST), *addresses])


@pytest.mark.parametrize(
    ("who", "status"), [("teacher", 403), ("director", 403), ("neighbour", 404), ("stranger", 404)]
)
def test_nobody_else_sees_a_plan(client: FlaskClient, planned: World, who: str, status: int) -> None:
    others = {"teacher": planned.ours.teacher, "director": planned.director, "stranger": planned.stranger}
    sign_in(client, others.get(who, planned.neighbour.principal))
    assert shown(client, planned).status_code == status


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (b"", "picture", "Choose a file."),
        (b" ", "picture", "This file is empty. Choose another one."),
        (
            b"<html><script>alert(1)</script></html>",
            "picture",
            "This is no PNG, JPEG, SVG or PDF, whatever its name says.",
        ),
        (picture()[:100], "picture", "This file is broken or not finished."),
        (pages(2), "page", "The PDF has no such page."),
        (vector("<script/>"), "picture", "Nothing of this SVG can be shown"),
        (picture() + b"\0" * drawings.MOST_BYTES, "picture", "This file is larger than 10 MB."),
    ],
)
def test_what_is_no_plan_is_refused_and_the_form_keeps_what_was_typed(
    client: FlaskClient, world: World, data: bytes, field: str, message: str
) -> None:
    sign_in(client, world.ours.principal)
    answer = client.post(PICTURE, data={"page": "7", "picture": (BytesIO(data), "plan.png" if data else "")})
    assert answer.status_code == 422
    assert problem_at(answer, field).startswith(message)
    assert value_of(answer, "page") == "7"
    assert shown(client, world).status_code == 404


def test_fifty_megabytes_are_refused_at_the_door_and_the_form_says_so(
    client: FlaskClient, db: Session, world: World
) -> None:
    sign_in(client, world.ours.principal)
    answer = add(client, b"\x89PNG\r\n\x1a\n" + b"\0" * 50_000_000, address=f"{PICTURE}?school={world.ours.school.id}")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 413
    assert problem_at(page, "picture").startswith("This file is larger than 10 MB.")
    assert not db.scalars(select(FloorPlan)).all()


def test_no_other_page_takes_as_much(client: FlaskClient, planned: World) -> None:
    data = {"name": "x" * 2_000_000}
    assert client.post("/school/places/new", data=data).status_code == 413
    assert client.post(FIRST, data=data).status_code == 413


def test_another_plan_takes_the_place_of_the_first_and_zones_stay(
    client: FlaskClient, db: Session, planned: World
) -> None:
    client.post(FIRST, data=zones(planned, p0="10 20 30 40"))
    before = shown(client, planned).headers["ETag"]
    assert add(client, picture()).status_code == 303
    assert shown(client, planned).headers["ETag"] != before
    assert stored(db, planned) == {"North hallway": Area(100, 200, 300, 400)}


def test_an_svg_that_lost_its_style_sheet_says_so(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    add(client, vector("<style>rect{fill:red}</style><rect width='9' height='9'/>"))
    assert "This SVG keeps its colours in a style sheet" in said(client.get(FIRST))


def test_one_is_told_to_leave_names_off(client: FlaskClient, world: World) -> None:
    assert "Leave names off." in said(sign_in(client, world.ours.principal).get(PICTURE))


def test_zones_are_drawn_changed_and_taken_off(client: FlaskClient, db: Session, planned: World) -> None:
    answer = client.post(FIRST, data=zones(planned, p0="10 20 30 40", p2="0 0 100 12.5", p1="50,5 0 20% 100"))
    assert (answer.status_code, answer.location) == (303, LIST)
    assert stored(db, planned) == {
        "North hallway": Area(100, 200, 300, 400),
        "Library": Area(0, 0, 1000, 125),
        "Teachers’ lounge": Area(505, 0, 200, 1000),
    }
    page = client.get(FIRST)
    assert value_of(page, f"{planned.ours.places[2].id}-height") == "12.5"
    assert "3 of 3 places are on the plan" in said(client.get(LIST))
    client.post(FIRST, data=zones(planned, revision=2, p0="11 20 30 40"))
    assert stored(db, planned) == {"North hallway": Area(110, 200, 300, 400)}


@pytest.mark.parametrize(
    ("four", "side", "message"),
    [
        (["10", "", "30", "40"], "y", "Fill in all four, or none."),
        (["90", "0", "20", "40"], "width", "This goes beyond the edge of the plan."),
        (["0", "90", "20", "40"], "height", "This goes beyond the edge of the plan."),
        (["0", "0", "1", "40"], "width", "A zone is at least 2 % wide and high."),
        (["-5", "0", "20", "40"], "x", "Type a number from 0 to 100, such as 12.5."),
        (["far", "0", "20", "40"], "x", "Type a number from 0 to 100, such as 12.5."),
        (["nan", "0", "20", "40"], "x", "Type a number from 0 to 100, such as 12.5."),
        (["1e2", "0", "20", "40"], "x", "Type a number from 0 to 100, such as 12.5."),
        (["٣", "0", "20", "40"], "x", "Type a number from 0 to 100, such as 12.5."),
    ],
)
def test_what_is_no_zone_is_refused_and_stays_as_typed(
    client: FlaskClient, planned: World, four: list[str], side: str, message: str
) -> None:
    place = planned.ours.places[0].id
    fields = dict(zip((f"{place}-{side}" for side in ("x", "y", "width", "height")), four, strict=True))
    answer = client.post(FIRST, data={"revision": "1"} | fields)
    assert answer.status_code == 422
    assert problem_at(answer, f"{place}-{side}").startswith(message)
    assert value_of(answer, f"{place}-x") == four[0]
    assert "0 of 3 places are on the plan" in said(client.get(LIST))


def test_two_who_draw_at_once_are_told(client: FlaskClient, db: Session, planned: World) -> None:
    client.post(FIRST, data=zones(planned, p0="10 20 30 40"))
    late = client.post(FIRST, data=zones(planned, p0="50 50 10 10"))
    assert late.status_code == 409
    assert "Somebody else changed this plan meanwhile." in said(late)
    assert value_of(late, f"{planned.ours.places[0].id}-x") == "50"
    assert stored(db, planned) == {"North hallway": Area(100, 200, 300, 400)}
    revision = re.search(r'name="revision" value="(\d+)"', late.text)
    assert revision is not None
    assert client.post(FIRST, data=zones(planned, int(revision[1]), p0="50 50 10 10")).status_code == 303
    assert stored(db, planned) == {"North hallway": Area(500, 500, 100, 100)}


def test_only_places_of_the_floor_have_zones_on_its_plan(client: FlaskClient, db: Session, planned: World) -> None:
    other = str(planned.neighbour.places[0].id)
    upstairs = zones(planned, p0="10 20 30 40", p3="10 20 30 40")
    theirs = {f"{other}-{side}": "10" for side in ("x", "y", "width", "height")}
    client.post(FIRST, data=upstairs | theirs)
    assert set(stored(db, planned)) == {"North hallway"}
    assert db.get(Zone, planned.neighbour.places[0].id) is None


def test_a_place_that_moves_to_another_floor_leaves_the_plan(client: FlaskClient, db: Session, planned: World) -> None:
    client.post(FIRST, data=zones(planned, p0="10 20 30 40", p2="0 0 10 10"))
    hallway = planned.ours.places[0]
    places.change(db, planned.ours.school, hallway, name=hallway.name, kind=PlaceKind.HALLWAY, floor=2, adults=9)
    db.commit()
    assert set(stored(db, planned)) == {"Library"}


def test_a_place_that_becomes_part_of_another_is_on_no_plan(client: FlaskClient, db: Session, planned: World) -> None:
    client.post(FIRST, data=zones(planned, p0="10 20 30 40", p2="0 0 10 10"))
    ours = planned.ours
    merging.merge(db, ours.school, ours.places[0], ours.places[2], now=BEGAN)
    db.commit()
    assert "North hallway" not in client.get(FIRST).text
    assert client.get("/heatmap/building").status_code == 200


def test_a_plan_is_taken_away_after_a_question_and_its_zones_with_it(
    client: FlaskClient, db: Session, planned: World
) -> None:
    client.post(FIRST, data=zones(planned, p0="10 20 30 40"))
    assert "The picture and its zones are erased." in said(client.get(f"{FIRST}/removal"))
    assert client.post(f"{FIRST}/removal").status_code == 303
    assert stored(db, planned) == {}
    assert shown(client, planned).status_code == 404
    # Twice does no harm.
    assert client.post(f"{FIRST}/removal").status_code == 404
    assert client.get(FIRST).location == PICTURE


@pytest.mark.parametrize("floor", ["3", "-1", "99", "x", "1.5"])
def test_a_floor_that_the_school_does_not_have_has_no_page(client: FlaskClient, planned: World, floor: str) -> None:
    assert client.get(f"{LIST}/{floor}").status_code == 404
    assert client.get(f"{LIST}/{floor}/picture").status_code == 404
    assert add(client, PLAN, address=f"{LIST}/{floor}/picture").status_code == 404


def test_the_building_shows_the_plan_with_its_zones_and_the_rooms_below(
    client: FlaskClient, db: Session, planned: World
) -> None:
    ours = planned.ours
    client.post(FIRST, data=zones(planned, p0="10 20 30 40"))
    heard(db, ours.school, ours.places[0], ours.coach, BEGAN.replace(month=11), Trait.ACTION, times=12)
    db.commit()
    page = sign_in(client, ours.coach).get("/heatmap/building?trait=action&period=dates&from=2026-08-01&to=2026-12-31")
    assert f'<img src="/schools/{ours.school.id}/floor-plans/1?v=2"' in page.text
    zone = re.search(rf'<div class="zone" data-zone="{ours.places[0].id}">(.*?)</div>', page.text, re.S)
    assert zone is not None
    assert "shade-5" in zone[1]
    assert said_in(zone[1]) == "North hallway 100 % of 12"
    where = client.get(f"/schools/{ours.school.id}/floor-plans/zones.css")
    assert where.content_type == "text/css"
    rule = f'[data-zone="{ours.places[0].id}"]{{left:10.0%;top:20.0%;width:30.0%;height:40.0%}}'
    assert where.text.split("\n") == [rule, ""]
    assert page.text.count(f'data-room="{ours.places[0].id}"') == 2
    assert page.text.count(f'data-room="{ours.places[2].id}"') == 1
    assert "/floor-plans/2" not in page.text


def said_in(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


@pytest.mark.parametrize(
    "wrong",
    [
        {"x": 900},
        {"y": 900},
        {"x": -1},
        {"width": 19},
        {"height": 1001},
        {"floor": 2},
    ],
)
def test_the_database_refuses_a_zone_that_lies_beside_its_plan(
    db: Session, planned: World, wrong: dict[str, int]
) -> None:
    place = planned.ours.places[0]
    zone: dict[str, Any] = {"place_id": place.id, "school_id": planned.ours.school.id, "floor": 1}
    zone |= {"x": 0, "y": 0, "width": 200, "height": 200}
    with pytest.raises(IntegrityError):
        db.execute(insert(Zone).values(**zone | wrong))
        db.flush()
    db.rollback()


def test_the_database_refuses_a_zone_of_another_school(db: Session, planned: World) -> None:
    zone = {"place_id": planned.neighbour.places[0].id, "school_id": planned.ours.school.id, "floor": 1}
    with pytest.raises(IntegrityError):
        db.execute(insert(Zone).values(**zone, x=0, y=0, width=200, height=200))
    db.rollback()


@pytest.mark.parametrize(
    "wrong",
    [{"floor": 61}, {"media_type": "text/html"}, {"width": 0}, {"content": b""}, {"digest": "x"}, {"revision": 0}],
)
def test_the_database_refuses_what_is_no_plan(db: Session, world: World, wrong: dict[str, Any]) -> None:
    plan: dict[str, Any] = {"school_id": world.ours.school.id, "floor": 1, "media_type": "image/webp", "width": 9}
    plan |= {"height": 9, "content": b"x", "digest": "0" * 64, "revision": 1}
    with pytest.raises(IntegrityError):
        db.execute(insert(FloorPlan).values(**plan | wrong))
    db.rollback()
