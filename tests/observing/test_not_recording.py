"""Whoever lost the role or left the school while signed in: what their pages say, and that nothing changes."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.observing.plain_form import filled, of
from tests.schools.pages import said
from tests.world import World, sign_in
from webapp.culture.vocabulary import Role
from webapp.extensions import new_id
from webapp.schools import people
from webapp.schools.models import Membership

WHERE_IT_IS = "What you saved on this phone and could not send is still there."


@pytest.fixture
def coach(client: FlaskClient, world: World) -> FlaskClient:
    return sign_in(client, world.ours.coach)


def test_whoever_is_staff_now_is_told_so_and_where_the_rest_is(coach: FlaskClient, db: Session, world: World) -> None:
    people.change_role(db, world.ours.school, world.ours.coach, Role.STAFF)
    db.commit()
    refused = "Listening in is not for your role here"
    given_back = "You do not record in this school any more"
    for answer, told in ((coach.get("/record"), refused), (coach.post("/record", data=filled(world.ours)), given_back)):
        assert answer.status_code == 403
        assert told in said(answer)
        assert WHERE_IT_IS in said(answer)
        assert 'href="/outbox"' in answer.text
    assert of(world.ours.school, db) == []
    assert coach.get("/").location.startswith("/trends")


def test_whoever_belongs_to_no_school_any_more_is_told_so_and_where_the_rest_is(
    coach: FlaskClient, db: Session, world: World
) -> None:
    belongs = db.scalars(select(Membership).where(Membership.person_id == world.ours.coach.id)).one()
    db.delete(belongs)
    db.commit()
    for address in ("/record", "/heatmap", "/trends"):
        answer = coach.get(address)
        assert (answer.status_code, "You belong to no school now" in said(answer)) == (404, True), address
        assert WHERE_IT_IS in said(answer)
    assert "You belong to no school now" in said(coach.get("/"))


def test_a_school_that_is_named_looks_as_if_it_were_not_there(coach: FlaskClient, db: Session, world: World) -> None:
    belongs = db.scalars(select(Membership).where(Membership.person_id == world.ours.coach.id)).one()
    db.delete(belongs)
    db.commit()
    was_mine, nowhere = (
        coach.get("/record", query_string={"school": str(id_)}) for id_ in (world.ours.school.id, new_id())
    )
    assert (was_mine.status_code, was_mine.data) == (404, nowhere.data)
