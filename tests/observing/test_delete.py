"""Deleting one of one's own listen-ins on the plain page, Undo of the last one included."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.plain_form import filled, of
from tests.world import World, sign_in
from webapp.extensions import new_id


def recorded(client: FlaskClient, world: World) -> UUID:
    """The coach, signed in, has recorded one; its id."""
    sign_in(client, world.ours.coach)
    said = filled(world.ours)
    client.post("/record", data=said)
    return UUID(said["id"])


def delete(client: FlaskClient, world: World, it: UUID) -> Any:
    return client.post(f"/record/{it}/deletion", data={"school": str(world.ours.school.id)})


def test_it_is_gone_and_the_page_says_so(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    assert delete(client, world, it).location == "/record"
    page = client.get("/record").text
    assert "Deleted" in page
    assert "Undo" not in page.partition("data-undo")[0]
    assert of(world.ours.school, db) == []
    assert client.get(f"/record/{it}").status_code == 404


def test_staff_may_not_delete(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    sign_in(client, world.ours.teacher)
    assert delete(client, world, it).status_code == 403
    assert len(of(world.ours.school, db)) == 1


@pytest.mark.parametrize("other", ["principal of ours", "principal of the neighbour"])
def test_somebody_elses_looks_like_none(client: FlaskClient, world: World, db: Session, other: str) -> None:
    it = recorded(client, world)
    cast = world.ours if other == "principal of ours" else world.neighbour
    sign_in(client, cast.principal)
    for address in (it, new_id()):
        answer = client.post(f"/record/{address}/deletion", data={"school": str(cast.school.id)})
        assert answer.status_code == 404
    assert len(of(world.ours.school, db)) == 1


def test_signed_out_leads_to_sign_in(client: FlaskClient, app: Any, world: World, db: Session) -> None:
    it = recorded(client, world)
    assert delete(app.test_client(), world, it).location == "/sign-in"
    assert len(of(world.ours.school, db)) == 1


def test_a_link_deletes_nothing(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    assert client.get(f"/record/{it}/deletion").status_code == 405
    assert len(of(world.ours.school, db)) == 1


def test_an_address_that_is_no_id_is_nothing(client: FlaskClient, world: World) -> None:
    recorded(client, world)
    for wrong in ("1", "%00", "<b>", "x" * 500):
        assert client.post(f"/record/{wrong}/deletion").status_code == 404


def test_a_second_time_changes_nothing(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    assert [delete(client, world, it).status_code for _tap in range(2)] == [302, 302]
    db.expire_all()
    assert of(world.ours.school, db) == []
    assert world.ours.school.revision == len(("recorded", "deleted"))
