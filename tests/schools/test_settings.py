"""`/school/settings` and `/school/years`: the school's name, clock, week, size, notes; its years and terms."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.schools.pages import only_administrators_come_in, problem_at, said, value_of
from tests.world import World, sign_in
from webapp.culture import school_time
from webapp.schools import years

SETTINGS = "/school/settings"
SET = {
    "name": "Our New School", "timezone": "America/Chicago", "week_start": "7", "staff_size": "35",
    "notes": "y", "notes_days": "14",
}  # fmt: skip
YEAR = {
    "first": "2027-08-02", "last": "2028-07-30", "window_weeks": "2",
    "terms-0-first": "2027-08-02", "terms-0-last": "2027-12-31",
    "terms-1-first": "2028-01-03", "terms-1-last": "2028-07-30",
    "terms-2-first": "", "terms-2-last": "",
}  # fmt: skip


def without(said: dict[str, str], *fields: str) -> dict[str, str]:
    return {name: value for name, value in said.items() if name not in fields}


def stored(db: Session, world: World) -> list[school_time.SchoolYear]:
    db.commit()
    db.expire_all()
    return [years.as_known(db, row) for row in years.all_of(db, world.ours.school)]


def this_year(world: World) -> str:
    return f"/school/years/{world.ours.year.id}"


def test_the_settings_show_the_school_as_it_is(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get(SETTINGS)
    assert value_of(page, "name") == "Our School"
    assert value_of(page, "timezone") == "America/New_York"
    assert value_of(page, "staff_size") == "40"
    assert '<option value="Europe/Madrid">' in page.text
    assert "August 3, 2026 to August 1, 2027" in said(page)


def test_the_school_is_set_and_phones_learn_of_it(client: FlaskClient, db: Session, world: World) -> None:
    page = sign_in(client, world.ours.principal).post(SETTINGS, data=SET, follow_redirects=True)
    assert "The settings were saved." in said(page)
    db.expire_all()
    school = world.ours.school
    assert (school.name, school.timezone, school.week_start) == ("Our New School", "America/Chicago", 7)
    assert (school.staff_size, school.notes_days, school.setup_revision) == (35, 14, 2)
    assert (world.neighbour.school.name, world.neighbour.school.setup_revision) == ("Neighbour School", 1)


def test_notes_are_turned_off_whatever_stands_in_the_days(client: FlaskClient, db: Session, world: World) -> None:
    world.ours.school.notes_days = 30
    sign_in(client, world.ours.principal)
    assert client.post(SETTINGS, data=without(SET, "notes") | {"notes_days": "ever"}).status_code == 303
    db.expire_all()
    assert world.ours.school.notes_days is None


def test_how_many_work_here_may_stay_open(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal).post(SETTINGS, data=SET | {"staff_size": ""})
    db.expire_all()
    assert world.ours.school.staff_size is None
    assert "Staff see trends once the school has said how many adults work here." in said(client.get("/school"))


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("name", "", "Give the school a name."),
        ("name", "x" * 121, "This is too long. Use at most 120 characters."),
        ("name", "<h1>School", "This looks like HTML. Use plain words, without < before a letter."),
        ("name", "Sch\x1bool", "This has a character that cannot be shown. Type it anew."),
        ("timezone", "", "Choose the school’s time zone."),
        ("timezone", "Springfield", "Choose a time zone from the list, such as America/New_York."),
        ("timezone", "../../etc/passwd", "Choose a time zone from the list, such as America/New_York."),
        ("week_start", "3", "Choose one of these."),
        ("week_start", "Monday", "Choose one of these."),
        ("staff_size", "0", "Type a number from 1 to 2000, or leave it empty."),
        ("staff_size", "2001", "Type a number from 1 to 2000, or leave it empty."),
        ("staff_size", "forty", "Type a whole number, in digits."),
        ("staff_size", "4_0", "Type a whole number, in digits."),
        ("staff_size", "9" * 5000, "Type a whole number, in digits."),
        ("notes_days", "", "Notes are kept for 1 to 180 days."),
        ("notes_days", "0", "Notes are kept for 1 to 180 days."),
        ("notes_days", "181", "Notes are kept for 1 to 180 days."),
        ("notes_days", "ever", "Type a whole number, in digits."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_kept(
    client: FlaskClient, db: Session, world: World, *, field: str, wrong: str, message: str
) -> None:
    answer = sign_in(client, world.ours.principal).post(SETTINGS, data=SET | {field: wrong})
    assert answer.status_code == 422
    assert problem_at(answer, field) == message
    if field != "week_start" and "cannot be shown" not in message:
        assert value_of(answer, field) == wrong
    db.expire_all()
    assert (world.ours.school.name, world.ours.school.setup_revision) == ("Our School", 1)


def test_a_year_is_added_with_its_terms(client: FlaskClient, db: Session, world: World) -> None:
    page = sign_in(client, world.ours.principal).post("/school/years/new", data=YEAR, follow_redirects=True)
    assert "The school year was saved." in said(page)
    latest, before = stored(db, world)
    assert (latest.first, latest.last, latest.window_weeks) == (date(2027, 8, 2), date(2028, 7, 30), 2)
    assert [term.first for term in latest.terms] == [date(2027, 8, 2), date(2028, 1, 3)]
    assert before.first == date(2026, 8, 3)


def test_the_next_year_is_offered_as_is_usual(client: FlaskClient, world: World) -> None:
    page = sign_in(client, world.ours.principal).get("/school/years/new")
    assert (value_of(page, "first"), value_of(page, "last")) == ("2027-08-02", "2028-08-06")
    assert value_of(page, "terms-1-first") == "2028-01-03"


def test_a_year_is_changed_and_its_terms_with_it(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    page = client.get(this_year(world))
    assert (value_of(page, "first"), value_of(page, "terms-1-last")) == ("2026-08-03", "2027-08-01")
    assert "What is published to staff stays as it is" in said(page)
    changed = {
        "first": "2026-08-10", "last": "2027-06-20", "window_weeks": "4",
        "terms-0-first": "2027-01-11", "terms-0-last": "2027-06-20",
        "terms-1-first": "2026-08-10", "terms-1-last": "2026-12-18",
    }  # fmt: skip
    assert client.post(this_year(world), data=changed).status_code == 303
    (year,) = stored(db, world)
    assert (year.first, year.last) == (date(2026, 8, 10), date(2027, 6, 20))
    assert [term.first for term in year.terms] == [date(2026, 8, 10), date(2027, 1, 11)]


@pytest.mark.parametrize(
    ("wrong", "field", "message"),
    [
        ({"first": ""}, "first", "Type the first day of the school year."),
        ({"first": "tomorrow"}, "first", "Type a day as year, month and day, such as 2026-08-31."),
        ({"last": "2027-02-30"}, "last", "Type a day as year, month and day, such as 2026-08-31."),
        ({"last": "9999-12-31"}, "last", "Type a day between the years 2000 and 2100."),
        ({"first": "0001-01-01"}, "first", "Type a day between the years 2000 and 2100."),
        ({"last": "2027-08-02"}, "last", "The last day comes after the first."),
        (
            {"first": "2027-07-01"}, "first",
            "The school year from Aug 3, 2026 to Aug 1, 2027 has some of these days already.",
        ),
        ({"window_weeks": "3"}, "window_weeks", "Choose one of these."),
        ({"terms-2-first": "2028-03-01"}, "terms-2-last", "Type both days, or leave both empty."),
        ({"terms-1-last": "soon"}, "terms-1-last", "Type a day as year, month and day, such as 2026-08-31."),
        ({"terms-1-last": "2028-07-31"}, "terms-1-last", "This day is outside the school year."),
        ({"terms-0-last": "2027-08-01"}, "terms-0-last", "This day is outside the school year."),
        ({"terms-1-last": "2028-01-03"}, "terms-1-last", "The last day comes after the first."),
        ({"terms-1-first": "2027-12-31"}, "terms-1-first", "This term begins before the one before it ends."),
    ],
)  # fmt: skip
def test_days_that_cannot_be_are_said_at_their_field_and_kept(
    client: FlaskClient, db: Session, world: World, *, wrong: dict[str, str], field: str, message: str
) -> None:
    answer = sign_in(client, world.ours.principal).post("/school/years/new", data=YEAR | wrong)
    assert answer.status_code == 422
    assert problem_at(answer, field) == message
    typed = YEAR | wrong
    kept = ("first", "last", "terms-0-first", "terms-1-last")
    assert [value_of(answer, name) for name in kept] == [typed[name] for name in kept]
    assert len(stored(db, world)) == 1


def test_more_terms_than_a_year_has_are_not_taken(client: FlaskClient, db: Session, world: World) -> None:
    months = {
        f"terms-{at}-{end}": f"2027-{at + 1:02}-{day}"
        for at in range(9)
        for end, day in (("first", "02"), ("last", "20"))
    }
    year = {"first": "2026-08-03", "last": "2027-12-31", "window_weeks": "4"}
    sign_in(client, world.ours.principal).post(this_year(world), data=year | months)
    assert len(stored(db, world)[0].terms) == 6


def test_only_administrators_of_the_school_come_in(client: FlaskClient, world: World) -> None:
    addresses = (SETTINGS, "/school/years/new", this_year(world))
    only_administrators_come_in(client, world, [(method, each) for each in addresses for method in ("GET", "POST")])


def test_another_schools_year_is_not_there(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    theirs = f"/school/years/{world.neighbour.year.id}"
    assert client.get(theirs).status_code == 404
    assert client.post(theirs, data=YEAR).status_code == 404
    db.expire_all()
    assert world.neighbour.year.first_day == date(2026, 8, 3)


def test_settings_and_years_are_not_deleted(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.principal)
    for address in (SETTINGS, "/school/years/new", this_year(world)):
        assert client.delete(address).status_code == 405


def test_twice_does_no_harm(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.principal)
    assert [client.post(SETTINGS, data=SET).status_code for _time in range(2)] == [303, 303]
    assert [client.post("/school/years/new", data=YEAR).status_code for _time in range(2)] == [303, 422]
    assert len(stored(db, world)) == 2
