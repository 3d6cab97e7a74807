"""`/`: the first page of each role."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import World, sign_in
from webapp.schools.models import Membership


def test_whoever_listens_comes_to_the_record_page(client: FlaskClient, world: World) -> None:
    for person in (world.ours.principal, world.ours.coach):
        assert sign_in(client, person).get("/").location == "/record"


def test_staff_come_to_the_trends_of_their_school(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.teacher).get("/").location == f"/trends?school={world.ours.school.id}"


def test_the_district_sees_its_schools_by_name(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.director).get("/").text
    assert page.index("Neighbour School") < page.index("Our School")
    for school in (world.ours.school, world.neighbour.school):
        assert f'href="/trends?school={school.id}"' in page


def test_staff_of_two_schools_choose_one(client: FlaskClient, db: Session, world: World) -> None:
    db.add(Membership(person_id=world.ours.teacher.id, school_id=world.neighbour.school.id, role_word="staff"))
    page = sign_in(client, world.ours.teacher).get("/")
    assert page.status_code == 200
    assert "Neighbour School" in page.text


def test_who_listens_in_one_school_of_several_comes_to_the_record_page(
    client: FlaskClient, db: Session, world: World
) -> None:
    db.add(Membership(person_id=world.director.id, school_id=world.ours.school.id, role_word="observer"))
    assert sign_in(client, world.director).get("/").location == "/record"


def test_who_belongs_nowhere_is_told_what_to_do(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.stranger).get("/").text
    assert "You belong to no school now" in page
    assert "stranger@demo.example" in page
    assert "Our School" not in page


def test_whoever_is_signed_out_is_asked_in(client: FlaskClient) -> None:
    assert client.get("/").location == "/sign-in"


def test_nothing_can_be_written_to_it(client: FlaskClient) -> None:
    assert client.post("/").status_code == 405
