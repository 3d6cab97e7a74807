"""Say what the team decided to try, from when on, and what changed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.acting.steps import decided
from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import Trait
from webapp.schools import next_steps
from webapp.schools.models import NextStep

PAGE = "/next-steps"
TYPED = {"what": "Bring one piece of student work", "trait": "evidence", "begins": "2026-08-31"}
TODAY = date.today()  # noqa: DTZ011  # weeks away from where a day begins


def step(db: Session, cast: Cast, what: str = "End with who does what", **more: Any) -> NextStep:
    made = decided(db, cast, what, **{"begins": date(2026, 9, 7), "trait": Trait.ACTION, **more})
    db.commit()
    return made


def held(db: Session) -> list[tuple[UUID, int, str, date, date | None, str | None]]:
    db.rollback()
    rows = db.scalars(select(NextStep).order_by(NextStep.begins)).all()
    return [(row.school_id, row.trait_bit, row.what, row.begins, row.ends, row.outcome) for row in rows]


def test_before_the_first_one_the_page_says_what_it_is_for(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get(PAGE)
    assert "No next step yet" in said(page)
    assert "Add the first one" in said(page)


def test_a_step_is_added_and_read_again(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    answer = client.post(f"{PAGE}/new", data=TYPED)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, PAGE)
    assert held(db) == [(world.ours.school.id, 2, TYPED["what"], date(2026, 8, 31), None, None)]
    words = said(client.get(PAGE))
    assert "Bring one piece of student work" in words
    assert "Evidence · since August 31, 2026" in words
    assert "The next step was added." in words


def test_said_twice_it_is_decided_once(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    places = {client.post(f"{PAGE}/new", data=TYPED).location for _time in range(2)}
    assert len(places) == 1
    assert len(held(db)) == 1


def test_a_chart_opens_the_form_with_its_trait_chosen(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    assert client.get(f"{PAGE}/new?trait=inquiry").text.count(" checked ") == 1
    assert " checked " not in client.get(f"{PAGE}/new?trait=%3Cb%3E").text


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"what": " "}, "what", "Say in a few words what you try."),
        ({"what": "x" * 201}, "what", "This is too long. Use at most 200 characters."),
        ({"what": "<b>bring"}, "what", "This looks like HTML. Use plain words, without < before a letter."),
        ({"trait": ""}, "trait", "Choose one of these."),
        ({"trait": "kindness"}, "trait", "Choose one of these."),
        ({"begins": ""}, "begins", "Say from which day on."),
        ({"begins": "soon"}, "begins", "Type a day as year, month and day, such as 2026-08-31."),
        ({"begins": "1999-12-31"}, "begins", "Type a day between the years 2000 and 2100."),
    ],
)
@pytest.mark.parametrize("page", ["new", "change"])
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(
    client: FlaskClient, db: Session, world: World, *, wrong: dict[str, str], field: str, message: str, page: str
) -> None:
    at = "new" if page == "new" else str(step(db, world.ours).id)
    before = held(db)
    answer = sign_in(client, world.ours.principal).post(f"{PAGE}/{at}", data=TYPED | wrong)
    assert answer.status_code == 422
    assert problem_at(answer, field) == message
    typed = TYPED | wrong
    assert value_of(answer, "what") == typed["what"].strip()
    assert value_of(answer, "begins") == typed["begins"]
    assert held(db) == before


def test_a_step_is_changed(client: FlaskClient, db: Session, world: World) -> None:
    one = step(db, world.ours)
    answer = sign_in(client, world.ours.principal).post(f"{PAGE}/{one.id}", data=TYPED)
    assert answer.status_code == 303
    assert held(db) == [(world.ours.school.id, 2, TYPED["what"], date(2026, 8, 31), None, None)]


def test_a_step_cannot_become_just_what_another_is(client: FlaskClient, db: Session, world: World) -> None:
    one, other = step(db, world.ours), step(db, world.ours, "Read an article together")
    typed = {"what": one.what, "trait": "action", "begins": "2026-09-07"}
    answer = sign_in(client, world.ours.principal).post(f"{PAGE}/{other.id}", data=typed)
    assert answer.status_code == 422
    assert problem_at(answer, "what").startswith("There is the same next step already")
    assert client.post(f"{PAGE}/{one.id}", data=typed).status_code == 303


def test_a_step_cannot_begin_after_it_ended_nor_end_before_it_began(
    client: FlaskClient, db: Session, world: World
) -> None:
    one = step(db, world.ours, ends=date(2026, 10, 1))
    sign_in(client, world.ours.principal)
    answer = client.post(f"{PAGE}/{one.id}", data=TYPED | {"begins": "2026-10-02"})
    assert problem_at(answer, "begins") == "It ended on October 1, 2026. Choose that day or an earlier one."
    answer = client.post(f"{PAGE}/{one.id}/outcome", data={"outcome": "More lists", "ends": "2026-09-06"})
    assert problem_at(answer, "ends") == "It began on September 7, 2026. Choose that day or a later one."
    assert "More lists</textarea>" in answer.text
    assert held(db)[0][3:5] == (date(2026, 9, 7), date(2026, 10, 1))


def test_what_changed_is_asked_after_a_while_and_told(client: FlaskClient, db: Session, world: World) -> None:
    one = step(db, world.ours, begins=TODAY - timedelta(weeks=9))
    sign_in(client, world.ours.principal)
    assert "what changed?" in said(client.get(PAGE))
    page = client.post(f"{PAGE}/{one.id}/outcome", data={"outcome": "Most meetings\r\nend with a list", "ends": ""})
    assert page.status_code == 303
    assert held(db)[0][4:] == (None, "Most meetings end with a list")
    words = said(client.get(PAGE))
    assert "What changed: Most meetings end with a list" in words
    assert "what changed?" not in words
    # It is over; and then it is not, and what was said of it is taken back.
    assert client.post(f"{PAGE}/{one.id}/outcome", data={"outcome": "", "ends": str(TODAY)}).status_code == 303
    assert held(db)[0][4:] == (TODAY, None)
    assert client.post(f"{PAGE}/{one.id}/outcome", data={"outcome": "", "ends": ""}).status_code == 303
    assert held(db)[0][4:] == (None, None)


@pytest.mark.parametrize(
    ("weeks_ago", "ended_weeks_ago", "outcome", "asked"),
    [
        (7, None, None, False),
        (8, None, None, True),
        (9, None, "A list", False),
        (3, 1, None, True),
        (-1, None, None, False),
    ],
)
def test_it_is_asked_once_it_was_tried_for_eight_weeks_or_is_over(
    weeks_ago: int, ended_weeks_ago: int | None, outcome: str | None, *, asked: bool
) -> None:
    ends = None if ended_weeks_ago is None else TODAY - timedelta(weeks=ended_weeks_ago)
    one = NextStep(begins=TODAY - timedelta(weeks=weeks_ago), ends=ends, outcome=outcome)
    assert next_steps.is_asked(one, TODAY) == asked


def test_deleting_asks_once_more_and_twice_does_no_harm(client: FlaskClient, db: Session, world: World) -> None:
    at = f"{PAGE}/{step(db, world.ours).id}/deletion"
    step(db, world.neighbour, "Read an article together")
    sign_in(client, world.ours.principal)
    assert "End with who does what" in said(client.get(at))
    assert len(held(db)) == 2
    assert client.post(at).status_code == 303
    assert client.post(at).status_code == 404
    assert [row[2] for row in held(db)] == ["Read an article together"]
    assert "Read an article together" not in said(client.get(PAGE))


def test_an_observer_reads_them_and_changes_nothing(client: FlaskClient, db: Session, world: World) -> None:
    one = step(db, world.ours)
    sign_in(client, world.ours.coach)
    page = client.get(PAGE)
    assert "End with who does what" in said(page)
    assert f"{PAGE}/" not in page.text
    for at in ("new", f"{one.id}", f"{one.id}/outcome", f"{one.id}/deletion"):
        assert client.get(f"{PAGE}/{at}").status_code == client.post(f"{PAGE}/{at}", data=TYPED).status_code == 403
    assert len(held(db)) == 1


def test_staff_the_district_and_other_schools_see_nothing_of_them(
    client: FlaskClient, db: Session, world: World
) -> None:
    one = step(db, world.ours)
    only_administrators_come_in(
        client, world, [(method, f"{PAGE}/{one.id}") for method in ("GET", "POST")] + [("GET", f"{PAGE}/new")]
    )
    for person, status in ((world.ours.teacher, 403), (world.director, 403), (world.neighbour.principal, 404)):
        sign_in(client, person)
        assert client.get(f"{PAGE}?school={world.ours.school.id}").status_code == status
    # In their own school there is no step with this id.
    assert client.get(f"{PAGE}/{one.id}").status_code == 404
    assert one.what not in said(client.get(PAGE))
    assert one.what not in said(sign_in(client, world.ours.teacher).get("/trends"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"trait_bit": 3},
        {"trait_bit": 0},
        {"trait_bit": 128},
        {"what": ""},
        {"outcome": ""},
        {"ends": date(2026, 9, 6)},
        {"what": "Twice"},
    ],
)
def test_the_database_holds_no_step_that_cannot_be(db: Session, world: World, wrong: dict[str, object]) -> None:
    first = {"school_id": world.ours.school.id, "trait_bit": int(Trait.ACTION), "begins": date(2026, 9, 7)}
    db.execute(insert(NextStep).values(what="Twice", **first))
    with pytest.raises(IntegrityError):
        db.execute(insert(NextStep).values(**({"what": "Once", **first} | wrong)))
    db.rollback()
