"""Mending one of one's own listen-ins on the plain page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.plain_form import above_save, filled, of, problems, shown
from tests.world import World, sign_in
from webapp.culture.vocabulary import Setting, Trait
from webapp.extensions import new_id

FIRST = {"when": "at", "at": "2026-03-03T10:42", "setting": "break", "group_size": "4-7"}


def recorded(client: FlaskClient, world: World, **other: Any) -> UUID:
    """The coach, signed in, has recorded one; its id."""
    sign_in(client, world.ours.coach)
    said = filled(world.ours, **(FIRST | other))
    assert client.post("/record", data=said).status_code == 302
    client.get("/record")
    return UUID(said["id"])


def test_the_page_shows_all_that_was_said_and_what_is_changed_is_stored(
    client: FlaskClient, world: World, db: Session
) -> None:
    world.ours.school.notes_days = 30
    it = recorded(client, world, note="before")
    [before] = of(world.ours.school, db)
    said_at = before.said_at
    page = client.get(f"/record/{it}")
    said = shown(page)
    assert "You are mending a listen-in." in page.text
    assert (said["place"], said["setting"], said["heard"]) == (
        [str(world.ours.places[0].id)],
        ["break"],
        ["evidence", "action"],
    )
    assert (said["at"], said["group_size"], said["note"]) == (["2026-03-03T10:42"], ["4-7"], ["before"])
    answer = client.post(f"/record/{it}", data=said | {"heard": ["inquiry"], "note": ["after"]})
    assert answer.location == "/record"
    assert "Changes saved" in client.get("/record").text
    [stored] = of(world.ours.school, db)
    assert (stored.id, Trait(stored.heard), stored.note) == (it, Trait.INQUIRY, "after")
    assert (stored.said_at, stored.observed_at) == (said_at, datetime(2026, 3, 3, 15, 42, tzinfo=UTC))


def test_the_time_may_be_mended_too(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    said = shown(client.get(f"/record/{it}"))
    client.post(f"/record/{it}", data=said | {"at": ["2026-03-03T11:00"]})
    assert [each.said_at for each in of(world.ours.school, db)] == ["2026-03-03T11:00:00-05:00"]


def test_none_of_these_stays_ticked(client: FlaskClient, world: World) -> None:
    it = recorded(client, world, heard=None, none="y")
    said = shown(client.get(f"/record/{it}"))
    assert said["none"] == ["y"]
    assert "heard" not in said


def test_what_was_heard_in_a_place_now_archived_keeps_its_place(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    world.ours.places[0].archived = True
    said = shown(client.get(f"/record/{it}"))
    assert client.post(f"/record/{it}", data=said | {"heard": ["inquiry"]}).status_code == 302
    assert [Trait(each.heard) for each in of(world.ours.school, db)] == [Trait.INQUIRY]


def test_staff_may_not_mend(client: FlaskClient, world: World) -> None:
    it = recorded(client, world)
    sign_in(client, world.ours.teacher)
    assert client.get(f"/record/{it}").status_code == 403
    assert client.post(f"/record/{it}", data=filled(world.ours)).status_code == 403


@pytest.mark.parametrize("other", ["principal of ours", "principal of the neighbour"])
def test_somebody_elses_looks_like_none(client: FlaskClient, world: World, db: Session, other: str) -> None:
    it = recorded(client, world)
    cast = world.ours if other == "principal of ours" else world.neighbour
    sign_in(client, cast.principal)
    for address in (it, new_id()):
        assert client.get(f"/record/{address}").status_code == 404
        assert client.post(f"/record/{address}", data=filled(cast, heard=["inquiry"])).status_code == 404
    assert [Trait(each.heard) for each in of(world.ours.school, db)] == [Trait.EVIDENCE | Trait.ACTION]


def test_signed_out_leads_to_sign_in_and_back(client: FlaskClient, app: Any, world: World) -> None:
    it = recorded(client, world)
    nobody = app.test_client()
    assert nobody.get(f"/record/{it}").location == f"/sign-in?next=%2Frecord%2F{it}"
    assert nobody.post(f"/record/{it}", data=filled(world.ours)).location == f"/sign-in?next=/record/{it}"


def test_the_page_is_read_and_posted_to_only(client: FlaskClient, world: World) -> None:
    it = recorded(client, world)
    assert {client.open(f"/record/{it}", method=each).status_code for each in ("PUT", "PATCH", "DELETE")} == {405}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"place": ["nowhere"]}, "That place is not listed here. Choose another."),
        ({"heard": []}, "Choose what you heard, or “None of these”."),
        ({"at": ["2200-01-01T10:00"]}, "Choose a time that is past."),
        ({"at": [""]}, "Give the day and the time."),
        ({"setting": ["<b>"]}, "This is not a choice here. Choose again."),
        ({"base": ["first"]}, "This page did not arrive whole. Look through it, then save once more."),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    client: FlaskClient, world: World, db: Session, wrong: dict[str, list[str]], said: str
) -> None:
    it = recorded(client, world)
    [before] = of(world.ours.school, db)
    revision = before.revision
    typed = shown(client.get(f"/record/{it}")) | {"group_size": ["8+"]} | wrong
    answer = client.post(f"/record/{it}", data=typed)
    assert answer.status_code == 422
    assert said in problems(answer) + above_save(answer)
    assert shown(answer)["group_size"] == ["8+"]
    assert [each.revision for each in of(world.ours.school, db)] == [revision]


def test_saving_twice_changes_once(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    said = shown(client.get(f"/record/{it}")) | {"heard": ["inquiry"]}
    assert [client.post(f"/record/{it}", data=said).status_code for _tap in range(2)] == [302, 302]
    assert [each.revision for each in of(world.ours.school, db)] == [2]


def test_what_was_changed_meanwhile_is_shown_and_not_replaced_unasked(
    client: FlaskClient, world: World, db: Session
) -> None:
    it = recorded(client, world)
    here = shown(client.get(f"/record/{it}"))
    client.post(f"/record/{it}", data=here | {"heard": ["personal"], "setting": ["passing"]})
    answer = client.post(f"/record/{it}", data=here | {"heard": ["inquiry"]})
    assert answer.status_code == 409
    assert "It was changed on another device meanwhile: North hallway" in answer.text
    assert "Personal" in answer.text.partition("changed on another device")[2][:200]
    assert [Trait(each.heard) for each in of(world.ours.school, db)] == [Trait.PERSONAL]
    mine = shown(answer)
    assert (mine["heard"], mine["setting"]) == (["inquiry"], ["break"])
    assert client.post(f"/record/{it}", data=mine).status_code == 302
    [stored] = of(world.ours.school, db)
    assert (Trait(stored.heard), Setting.from_code(stored.setting_code)) == (Trait.INQUIRY, Setting.BREAK)


def test_what_was_deleted_meanwhile_can_be_kept_as_a_new_one(client: FlaskClient, world: World, db: Session) -> None:
    it = recorded(client, world)
    here = shown(client.get(f"/record/{it}"))
    client.post(f"/record/{it}/deletion", data={"school": str(world.ours.school.id)})
    answer = client.post(f"/record/{it}", data=here | {"heard": ["inquiry"]})
    assert answer.status_code == 409
    assert "It was deleted meanwhile" in answer.text
    assert of(world.ours.school, db) == []
    assert client.post("/record", data=shown(answer)).status_code == 302
    [stored] = of(world.ours.school, db)
    assert stored.id != it
    assert Trait(stored.heard) == Trait.INQUIRY
