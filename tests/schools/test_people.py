"""`/school/people`: let somebody in, change a role, hand over a link, let somebody go."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.at_once import at_once
from tests.conftest import Clock
from tests.observing.rows import heard
from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.world import World, member, sign_in
from webapp.culture.vocabulary import Role
from webapp.extensions import begin_writing
from webapp.extensions import db as database
from webapp.observing.models import Observation
from webapp.people import links
from webapp.people.models import Person, SignIn
from webapp.schools import people
from webapp.schools.models import Membership, School

NEW = {"name": "Coach of maths", "email": "Maths@Ours.example ", "role": "observer"}
LINK = re.compile(r'class="link-box">([^<]+)<')


def roles(db: Session, school: School) -> dict[str, str]:
    db.commit()
    db.expire_all()
    return {each.person.email: each.role.value for each in people.members(db, school)}


def found(db: Session, email: str) -> Person | None:
    db.expire_all()
    return db.scalars(select(Person).where(Person.email == email)).first()


def notes(db: Session) -> list[str]:
    return [note for note in db.scalars(select(Observation.note)) if note]


def of(person: Person, end: str = "") -> str:
    return f"/school/people/{person.id}{end}"


def test_people_stand_by_role_with_how_they_sign_in(client: FlaskClient, db: Session, world: World) -> None:
    fresh = member(db, world.ours.school, Role.OBSERVER, "fresh@ours.example")
    fresh.password_hash = None
    words = said(sign_in(client, world.ours.principal).get("/school/people"))
    order = ["Administrators", "principal@", "Observers", "coach@", "fresh@", "Staff", "teacher@ours"]
    assert sorted(order, key=words.rindex) == order
    assert "fresh@ours.example · has not signed in yet" in words
    assert words.count("has not signed in yet") == 1
    assert "neighbour.example" not in words
    assert "director@" not in words


def test_a_person_is_added_and_the_link_to_hand_over_is_shown_once(
    client: FlaskClient, db: Session, world: World
) -> None:
    page = sign_in(client, world.ours.principal).post("/school/people/new", data=NEW, follow_redirects=True)
    person = found(db, "maths@ours.example")
    assert person is not None
    assert (person.name, person.password_hash) == ("Coach of maths", None)
    assert page.request.path == of(person)
    assert "within seven days" in said(page)
    assert '<img src="data:image/svg+xml' in page.text
    address = LINK.search(page.text)
    assert address is not None
    assert address[1].startswith("http://localhost/sign-in/")
    assert links.owner(db, address[1].rpartition("/")[2], datetime.now(UTC) + timedelta(days=6, hours=23)) == person
    assert links.owner(db, address[1].rpartition("/")[2], datetime.now(UTC) + timedelta(days=7, hours=1)) is None
    assert LINK.search(client.get(of(person)).text) is None
    assert roles(db, world.ours.school)["maths@ours.example"] == "observer"


def test_the_link_signs_the_person_in(client: FlaskClient, db: Session, world: World) -> None:
    page = sign_in(client, world.ours.principal).post("/school/people/new", data=NEW, follow_redirects=True)
    address = LINK.search(page.text)
    assert address is not None
    client.post("/sign-out")
    assert client.post(address[1].removeprefix("http://localhost")).status_code == 303
    assert client.get("/api/v1/session").get_json()["name"] == "Coach of maths"


def test_a_link_is_made_anew_and_the_one_before_ends(client: FlaskClient, db: Session, world: World) -> None:
    before = links.make(db, world.ours.teacher, datetime.now(UTC))
    sign_in(client, world.ours.principal)
    page = client.post(of(world.ours.teacher, "/sign-in-link"), follow_redirects=True)
    address = LINK.search(page.text)
    assert address is not None
    assert links.owner(db, before, datetime.now(UTC)) is None
    assert links.owner(db, address[1].rpartition("/")[2], datetime.now(UTC)) == world.ours.teacher


def test_a_link_is_shown_on_its_owners_page_only(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    client.post(of(world.ours.teacher, "/sign-in-link"))
    assert LINK.search(client.get(of(world.ours.coach)).text) is None
    assert LINK.search(client.get(of(world.ours.teacher)).text) is not None


def test_who_has_an_account_elsewhere_is_let_in_without_a_word_about_where(
    client: FlaskClient, db: Session, world: World
) -> None:
    said_of = {"name": "Another name", "email": world.neighbour.coach.email, "role": "staff"}
    page = sign_in(client, world.ours.principal).post("/school/people/new", data=said_of, follow_redirects=True)
    assert page.status_code == 200
    assert "Coach has an account already, and will find this school there." in said(page)
    assert "Neighbour School" not in page.text
    assert LINK.search(page.text) is None
    assert roles(db, world.ours.school)[world.neighbour.coach.email] == "staff"
    assert roles(db, world.neighbour.school)[world.neighbour.coach.email] == "observer"
    assert world.neighbour.coach.name == "Coach"


def test_no_link_is_made_for_an_account_that_opens_other_doors_too(
    client: FlaskClient, db: Session, world: World
) -> None:
    for other in (world.neighbour.coach, world.director):
        db.add(Membership(person_id=other.id, school_id=world.ours.school.id, role_word=Role.STAFF))
    sign_in(client, world.ours.principal)
    for other in (world.neighbour.coach, world.director):
        page = client.post(of(other, "/sign-in-link"), follow_redirects=True)
        assert page.status_code == 422
        assert "so no link can be made here" in said(page)
        assert LINK.search(page.text) is None
        with pytest.raises(people.BelongsElsewhereError):
            people.make_link(db, world.ours.school, other, datetime.now(UTC))


def test_a_link_made_before_does_not_open_a_school_that_is_joined_later(
    db: Session, world: World, clock: Clock
) -> None:
    link = links.make(db, world.neighbour.coach, clock.now)
    email = world.neighbour.coach.email
    people.add(db, world.ours.school, name="Coach", email=email, role=Role.ADMIN, now=clock.now)
    assert links.owner(db, link, clock.now) is None


def test_a_role_is_changed_here_and_not_elsewhere(client: FlaskClient, db: Session, world: World) -> None:
    db.add(Membership(person_id=world.ours.coach.id, school_id=world.neighbour.school.id, role_word=Role.OBSERVER))
    sign_in(client, world.ours.principal)
    page = client.post(of(world.ours.coach, "/role"), data={"role": "admin"}, follow_redirects=True)
    assert "The role of Coach was changed." in said(page)
    assert roles(db, world.ours.school)[world.ours.coach.email] == "admin"
    assert roles(db, world.neighbour.school)[world.ours.coach.email] == "observer"


def test_the_last_administrator_keeps_the_role_and_stays(client: FlaskClient, db: Session, world: World) -> None:
    principal = world.ours.principal
    sign_in(client, principal)
    answer = client.post(of(principal, "/role"), data={"role": "staff"})
    assert answer.status_code == 422
    assert (
        problem_at(answer, "role") == "Somebody has to manage the school. Make another person an administrator first."
    )
    assert "Make another person an administrator first" in said(client.get(of(principal, "/removal")))
    assert client.post(of(principal, "/removal")).status_code == 422
    assert roles(db, world.ours.school)[principal.email] == "admin"


def test_of_two_administrators_one_may_step_back(client: FlaskClient, db: Session, world: World) -> None:
    member(db, world.ours.school, Role.ADMIN, "second@ours.example")
    sign_in(client, world.ours.principal)
    answer = client.post(of(world.ours.principal, "/role"), data={"role": "observer"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/school").status_code == 403


def test_a_removal_is_asked_for_once_more(client: FlaskClient, db: Session, world: World) -> None:
    page = sign_in(client, world.ours.principal).get(of(world.ours.coach, "/removal"))
    assert "Remove Coach?" in said(page)
    assert "What was heard stays, without its author." in said(page)
    assert world.ours.coach.email in roles(db, world.ours.school)


def test_who_belongs_nowhere_any_more_is_forgotten_and_what_they_heard_stays(
    client: FlaskClient, db: Session, world: World, clock: Clock
) -> None:
    coach, school = world.ours.coach, world.ours.school
    (observation,) = heard(db, school, world.ours.places[0], coach, clock.now)
    observation.note = "to myself"
    sign_in(client, coach)
    sign_in(client, world.ours.principal)
    page = client.post(of(coach, "/removal"), follow_redirects=True)
    assert "Coach no longer belongs to this school." in said(page)
    db.expire_all()
    assert found(db, "coach@ours.example") is None
    assert observation.observer_id is None
    assert notes(db) == []
    assert db.scalars(select(SignIn)).one().person_id == world.ours.principal.id


def test_who_belongs_elsewhere_keeps_the_account(client: FlaskClient, db: Session, world: World, clock: Clock) -> None:
    coach = world.ours.coach
    (observation,) = heard(db, world.ours.school, world.ours.places[0], coach, clock.now)
    observation.note = "to myself"
    (elsewhere,) = heard(db, world.neighbour.school, world.neighbour.places[0], coach, clock.now)
    elsewhere.note = "to myself there"
    db.add(Membership(person_id=coach.id, school_id=world.neighbour.school.id, role_word=Role.STAFF))
    sign_in(client, world.ours.principal).post(of(coach, "/removal"))
    db.expire_all()
    assert coach.email not in roles(db, world.ours.school)
    assert roles(db, world.neighbour.school)[coach.email] == "staff"
    assert (observation.observer_id, elsewhere.observer_id) == (None, coach.id)
    assert notes(db) == ["to myself there"]


def test_who_removes_themselves_is_signed_out(client: FlaskClient, db: Session, world: World) -> None:
    member(db, world.ours.school, Role.ADMIN, "second@ours.example")
    sign_in(client, world.ours.principal)
    assert client.post(of(world.ours.principal, "/removal")).location == "/"
    assert client.get("/api/v1/session").status_code == 401


def test_only_administrators_of_the_school_come_in(client: FlaskClient, world: World) -> None:
    calls = [("GET", "/school/people"), ("GET", "/school/people/new"), ("POST", "/school/people/new")]
    calls += [("GET", of(world.ours.teacher)), ("GET", of(world.ours.teacher, "/removal"))]
    calls += [("POST", of(world.ours.teacher, end)) for end in ("/role", "/sign-in-link", "/removal")]
    only_administrators_come_in(client, world, calls)


def test_another_schools_person_is_not_there(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    for stranger in (world.neighbour.teacher, world.stranger, world.director):
        assert client.get(of(stranger)).status_code == 404
        for end in ("/role", "/sign-in-link", "/removal"):
            assert client.post(of(stranger, end), data={"role": "admin"}).status_code == 404
    assert roles(db, world.neighbour.school)["teacher@neighbour.example"] == "staff"
    assert found(db, "stranger@demo.example") is not None


def test_what_changes_a_person_is_posted(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    assert client.get(of(world.ours.coach, "/role")).status_code == 405
    assert client.get(of(world.ours.coach, "/sign-in-link")).status_code == 405
    assert client.post("/school/people").status_code == 405
    assert client.post(of(world.ours.coach)).status_code == 405
    assert client.delete(of(world.ours.coach)).status_code == 405


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("name", "", "Type the person’s name."),
        ("name", "x" * 81, "This is too long. Use at most 80 characters."),
        ("name", "<i>Coach", "This looks like HTML. Use plain words, without < before a letter."),
        ("name", "Co\x00ach", "This has a character that cannot be shown. Type it anew."),
        ("email", "", "Type the person’s e-mail address."),
        ("email", "maths", "Type the whole address, as in name@school.org."),
        ("email", "maths @ours.example", "Type the whole address, as in name@school.org."),
        ("email", "m@" + "x" * 253, "This is too long. Use at most 254 characters."),
        ("email", "<b>@ours.example", "This looks like HTML. Use plain words, without < before a letter."),
        ("email", "coach@ours.example", "Coach is here already, with this address."),
        ("role", "district_admin", "Choose one of these."),
        ("role", "", "Choose one of these."),
        ("role", "king", "Choose one of these."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_kept(
    client: FlaskClient, db: Session, world: World, *, field: str, wrong: str, message: str
) -> None:
    answer = sign_in(client, world.ours.principal).post("/school/people/new", data=NEW | {field: wrong})
    assert answer.status_code == 422
    assert problem_at(answer, field) == message
    kept = {"name": "Coach of maths", "email": "maths@ours.example"} | {field: wrong}
    if "cannot be shown" not in message:
        assert (value_of(answer, "name"), value_of(answer, "email")) == (kept["name"], kept["email"])
    assert len(roles(db, world.ours.school)) == 3
    assert found(db, "maths@ours.example") is None


def test_a_role_that_is_none_is_refused(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    for role in ("", "king", "district_admin"):
        answer = client.post(of(world.ours.teacher, "/role"), data={"role": role})
        assert (answer.status_code, problem_at(answer, "role")) == (422, "Choose one of these.")
    assert roles(db, world.ours.school)["teacher@ours.example"] == "staff"
    with pytest.raises(ValueError, match="no role in a school"):
        people.change_role(db, world.ours.school, world.ours.teacher, Role.DISTRICT_ADMIN)


def test_adding_twice_adds_once(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    first, again = (client.post("/school/people/new", data=NEW) for _time in range(2))
    assert (first.status_code, again.status_code) == (303, 422)
    assert len(roles(db, world.ours.school)) == 4


def test_removing_twice_finds_nobody_the_second_time(client: FlaskClient, world: World) -> None:
    address = of(world.ours.coach, "/removal")
    sign_in(client, world.ours.principal)
    assert client.post(address).status_code == 303
    assert client.post(address).status_code == 404


def test_two_schools_that_add_the_same_person_at_once_add_one_account(app: Flask, db: Session, world: World) -> None:
    schools = [each.school.id for each in (world.ours, world.neighbour)]
    db.rollback()

    def add(school_id: UUID) -> UUID:
        session = database.session
        begin_writing(session)
        school = session.get_one(School, school_id)
        added = people.add(
            session, school, name="New", email="new@both.example", role=Role.STAFF, now=datetime.now(UTC)
        )
        session.commit()
        return added.id

    one, other = at_once(app, *[partial(add, school_id) for school_id in schools])
    assert one == other
