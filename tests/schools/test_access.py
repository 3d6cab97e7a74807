"""Which school one is in: through a membership, and never into another's."""

import uuid

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import World, member, sign_in
from webapp.culture.vocabulary import Role
from webapp.schools.access import belongings
from webapp.schools.models import Membership

NOWHERE = uuid.UUID("00000000-0000-7000-8000-000000000000")


def also_runs_the_neighbour(db: Session, world: World) -> None:
    db.add(Membership(person_id=world.ours.principal.id, school_id=world.neighbour.school.id, role_word=Role.ADMIN))


def test_one_belongs_to_the_school_of_ones_membership_and_to_no_other(db: Session, world: World) -> None:
    mine = belongings(db, world.ours.coach)
    assert [(each.school.name, each.role) for each in mine] == [("Our School", Role.OBSERVER)]
    assert belongings(db, world.stranger) == []


def test_a_district_administrator_belongs_to_each_school_of_the_district(db: Session, world: World) -> None:
    mine = belongings(db, world.director)
    assert [(each.school.name, each.role) for each in mine] == [
        ("Neighbour School", Role.DISTRICT_ADMIN),
        ("Our School", Role.DISTRICT_ADMIN),
    ]


def test_the_role_in_the_school_itself_counts_before_the_districts(db: Session, world: World) -> None:
    db.add(Membership(person_id=world.director.id, school_id=world.ours.school.id, role_word=Role.ADMIN))
    db.flush()
    roles = {each.school.name: each.role for each in belongings(db, world.director)}
    assert roles == {"Neighbour School": Role.DISTRICT_ADMIN, "Our School": Role.ADMIN}


def test_the_overview_shows_the_school_and_what_there_is(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get("/school")
    assert page.status_code == 200
    assert "Our School" in page.text
    assert "6 places" in page.text
    assert "3 people · 2 may record" in page.text
    assert "Neighbour School" not in page.text


def test_only_administrators_manage(client: FlaskClient, world: World) -> None:
    for person in (world.ours.coach, world.ours.teacher, world.director):
        assert sign_in(client, person).get("/school").status_code == 403
    assert sign_in(client, world.stranger).get("/school").status_code == 404


def test_another_school_and_one_that_does_not_exist_look_alike(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = client.get(f"/school?school={world.neighbour.school.id}")
    nowhere = client.get(f"/school?school={NOWHERE}")
    garbled = client.get("/school?school=ours")
    assert theirs.status_code == nowhere.status_code == garbled.status_code == 404
    assert theirs.text == nowhere.text == garbled.text


def test_signed_out_leads_to_sign_in_and_back(client: FlaskClient, world: World) -> None:
    answer = client.get("/school/places")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=%2Fschool%2Fplaces"


def test_the_overview_is_only_read(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.principal).post("/school").status_code == 405


def test_who_manages_several_schools_chooses_and_stays_in_the_chosen_one(
    client: FlaskClient, db: Session, world: World
) -> None:
    also_runs_the_neighbour(db, world)
    sign_in(client, world.ours.principal)
    first = client.get("/school").text
    assert f"/school?school={world.ours.school.id}" in first
    assert f"/school?school={world.neighbour.school.id}" in first
    ours = client.get(f"/school?school={world.ours.school.id}").text
    assert f"/school/places?school={world.ours.school.id}" in ours
    new = client.get(f"/school/places/new?school={world.ours.school.id}").text
    assert f'<input type="hidden" name="school" value="{world.ours.school.id}">' in new


def test_a_place_of_one_of_ones_schools_is_not_reached_through_the_other(
    client: FlaskClient, db: Session, world: World
) -> None:
    also_runs_the_neighbour(db, world)
    sign_in(client, world.ours.principal)
    address = f"/school/places/{world.neighbour.places[0].id}"
    assert client.get(f"{address}?school={world.ours.school.id}").status_code == 404
    assert client.get(f"{address}?school={world.neighbour.school.id}").status_code == 200


def test_an_observer_there_manages_nothing_there(client: FlaskClient, db: Session, world: World) -> None:
    both = member(db, world.ours.school, Role.ADMIN, "both@ours.example")
    db.flush()
    db.add(Membership(person_id=both.id, school_id=world.neighbour.school.id, role_word=Role.OBSERVER))
    sign_in(client, both)
    assert client.get(f"/school?school={world.neighbour.school.id}").status_code == 403
    assert "Neighbour School" not in client.get("/school").text
