"""Bring in past listen-ins, step by step: the file, its columns, its words, a look; all or nothing, and back again."""

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.observing.import_form import BEGIN, FORM, choose, explained, go_on, shown, stored, to_preview
from tests.observing.rows import heard
from tests.ops.commands import run
from tests.world import Cast, World, sign_in
from webapp.culture.vocabulary import GroupSize, Setting, Trait
from webapp.observing import retention
from webapp.observing.import_columns import NONE, OUT, USUAL, Kind
from webapp.observing.import_forms import MOST_WORDS, field_name
from webapp.observing.models import Import, Upload
from webapp.web.csv_tables import LARGEST_FILE


@pytest.fixture
def principal(client: FlaskClient, world: World) -> FlaskClient:
    return sign_in(client, world.ours.principal)


def test_a_form_comes_in_after_four_steps(principal: FlaskClient, db: Session, world: World) -> None:
    ours = world.ours
    preview = to_preview(principal, ours)
    page = principal.get(preview).text
    for told in (
        "3 listen-ins",
        "From January 13, 2026 to January 15, 2026",
        "Library: 1 listen-in",
        "Evidence, Action",
    ):
        assert told in page
    assert stored(db, ours) == []
    done = principal.post(preview)
    assert done.status_code == 303
    assert "3 listen-ins came in" in principal.get(done.location).text
    told_of = [(row.place_id, row.setting_code, row.heard, row.group_size_code) for row in stored(db, ours)]
    assert told_of == [
        (ours.places[0].id, Setting.PASSING.code, Trait.EVIDENCE | Trait.ACTION, GroupSize.FEW.code),
        (ours.places[1].id, Setting.BREAK.code, Trait.PERSONAL, GroupSize.MANY.code),
        (ours.places[2].id, Setting.TEAM_MEETING.code, 0, None),
    ]
    assert list(db.scalars(select(Upload))) == []
    assert stored(db, world.neighbour) == []


def test_undo_takes_it_back_and_can_be_done_later_and_twice(principal: FlaskClient, db: Session, world: World) -> None:
    done = principal.post(to_preview(principal, world.ours))
    listed = principal.get(BEGIN).text
    assert "form.csv" in listed
    (past,) = re.findall(r"/school/listen-ins/import/done/[0-9a-f-]{36}", listed)
    assert done.location.startswith(past)
    for _twice in range(2):
        undone = principal.post(f"{past}/undo")
        assert undone.status_code == 303
        assert "Taken back" in principal.get(undone.location).text
    assert stored(db, world.ours) == []
    assert world.ours.school.revision == 6
    assert "undone" in principal.get(BEGIN).text


def test_the_same_file_a_second_time_is_there_already(principal: FlaskClient, db: Session, world: World) -> None:
    principal.post(to_preview(principal, world.ours))
    again = to_preview(principal, world.ours)
    assert "3 listen-ins of the file are there already" in principal.get(again).text
    answer = principal.post(again, follow_redirects=True)
    assert "3 listen-ins were there already." in answer.text
    assert (len(stored(db, world.ours)), len(list(db.scalars(select(Import))))) == (3, 1)


def test_a_button_pressed_twice_brings_in_once(principal: FlaskClient, db: Session, world: World) -> None:
    preview = to_preview(principal, world.ours)
    first, second = principal.post(preview), principal.post(preview)
    assert (first.status_code, second.status_code, second.location) == (303, 303, first.location)
    assert len(stored(db, world.ours)) == 3


def test_what_the_file_tells_by_itself_is_filled_in(principal: FlaskClient, world: World) -> None:
    step = choose(principal, FORM)
    found = shown(principal.get(step.location))
    assert {name: found[name] for name in ("time", "order", "place", "setting", "traits_in", "heard", "size")} == {
        "time": "0", "order": "month", "place": "2", "setting": "3", "traits_in": "one", "heard": "4", "size": "5",
    }  # fmt: skip
    words = shown(principal.get(go_on(principal, step.location).location))
    assert words[field_name(Kind.PLACE, "north hallway")] == str(world.ours.places[0].id)
    assert words[field_name(Kind.PLACE, "Lounge upstairs")] == ""
    assert words[field_name(Kind.SETTING, "Lunch")] == ""
    assert words[field_name(Kind.TRAIT, "")] == NONE


@pytest.mark.one_database
def test_names_are_known_in_spanish_too(principal: FlaskClient, world: World) -> None:
    step = choose(principal, "Marca temporal;Lugar;Oído;Situación\n13/1/2026 9:15:00;Library;Evidencia;Descanso\n")
    assert shown(principal.get(step.location))["order"] == "day"
    words = shown(principal.get(go_on(principal, step.location).location))
    assert words[field_name(Kind.TRAIT, "Evidencia")] == "evidence"


@pytest.mark.one_database
def test_days_that_can_be_read_in_two_ways_are_asked_for(principal: FlaskClient, db: Session, world: World) -> None:
    ambiguous = "when,where,heard\n3/2/2026 9:15,Library,Evidence\n"
    step = choose(principal, ambiguous).location
    refused = go_on(principal, step)
    assert refused.status_code == 422
    assert "These days can be read in two ways" in refused.text
    assert 'value="1" selected' in refused.text or 'selected value="1"' in refused.text
    preview = to_preview(principal, world.ours, ambiguous, order="day")
    assert "February 3, 2026" in principal.get(preview).text


def test_a_column_for_each_trait_is_read(principal: FlaskClient, db: Session, world: World) -> None:
    grid = "time,place,evidence,Action\n2026-01-13 9:15,Library,TRUE,\n2026-01-14 9:15,Library,,maybe\n"
    preview = choose(principal, grid).location
    words = go_on(principal, preview).location
    answer = field_name(Kind.ANSWER, "maybe")
    assert go_on(principal, words).status_code == 422
    principal.post(go_on(principal, words, **{answer: "heard"}).location)
    assert [row.heard for row in stored(db, world.ours)] == [Trait.EVIDENCE, Trait.ACTION]
    assert {row.setting_code for row in stored(db, world.ours)} == {Setting.TEAM_MEETING.code}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"time": ""}, "Choose the column with day and time."),
        ({"time": "99"}, "Choose the column with day and time."),
        ({"time": "2"}, "There are no times in this column"),
        ({"place": "0"}, "is in this column already"),
        ({"place": "x"}, "Choose one of these."),
        ({"heard": ""}, "Choose the column with what was heard."),
        ({"traits_in": "each"}, "Choose a column for at least one trait."),
        ({"traits_in": "both"}, "Say whether there is one column, or one for each trait."),
    ],
)
def test_columns_that_cannot_be_are_refused_and_the_rest_stays_chosen(
    principal: FlaskClient, world: World, said: dict[str, str], told: str
) -> None:
    step = choose(principal, FORM).location
    answer = go_on(principal, step, **said)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)
    answer.status_code = 200
    assert shown(answer)["size"] == "5"


@pytest.mark.one_database
def test_a_column_of_a_great_many_words_is_not_the_right_one(principal: FlaskClient, world: World) -> None:
    many = "\n".join(f"2026-01-13 9:15,Room {n},Evidence" for n in range(MOST_WORDS + 1))
    step = choose(principal, f"when,where,heard\n{many}\n").location
    answer = go_on(principal, step)
    assert answer.status_code == 422
    assert "201 different words stand here" in answer.text


def test_words_that_nobody_explained_are_asked_for_again_and_the_rest_stays(
    principal: FlaskClient, world: World
) -> None:
    step = go_on(principal, choose(principal, FORM).location).location
    answer = go_on(principal, step, **{field_name(Kind.SETTING, "Lunch"): "other"})
    assert answer.status_code == 422
    assert answer.text.count("Say what this means.") == 1
    answer.status_code = 200
    assert shown(answer)[field_name(Kind.SETTING, "Lunch")] == "other"
    forged = go_on(principal, step, **explained(world.ours) | {field_name(Kind.SETTING, "Lunch"): "party"})
    assert forged.status_code == 422


@pytest.mark.one_database
def test_what_was_said_stays_when_one_goes_back(principal: FlaskClient, world: World) -> None:
    preview = to_preview(principal, world.ours)
    words = preview.replace("/preview", "/words")
    assert shown(principal.get(words))[field_name(Kind.SETTING, "Lunch")] == "break"
    columns = preview.replace("/preview", "/columns")
    again = go_on(principal, columns, size="")
    assert shown(principal.get(again.location))[field_name(Kind.SETTING, "Lunch")] == "break"


def test_nothing_comes_in_while_a_line_is_wrong(principal: FlaskClient, db: Session, world: World) -> None:
    wrong = f"{FORM}1/16/2026,Other,Library,In passing,Evidence,\n1/17/2126 9:15,Other,Library,In passing,Evidence,\n"
    preview = to_preview(principal, world.ours, wrong)
    page = html.unescape(principal.get(preview).text)
    assert "2 lines with something wrong" in page
    assert "“1/16/2026” has no time of day." in page
    assert "“1/17/2126 9:15” is not past yet." in page
    assert page.index("Line 5") < page.index("Line 6")
    refused = principal.post(preview)
    assert refused.status_code == 422
    assert "Mend the file and choose it once more, or leave these lines out." in refused.text
    assert stored(db, world.ours) == []
    assert principal.post(preview, data={"leave_out": "y"}).status_code == 303
    assert len(stored(db, world.ours)) == 3


def test_a_word_can_leave_its_lines_out(principal: FlaskClient, db: Session, world: World) -> None:
    step = go_on(principal, choose(principal, FORM).location).location
    left_out = explained(world.ours) | {field_name(Kind.PLACE, "Lounge upstairs"): OUT}
    preview = go_on(principal, step, **left_out).location
    assert "1 line is left out, as you said." in principal.get(preview).text
    principal.post(preview)
    assert len(stored(db, world.ours)) == 2


@pytest.mark.one_database
def test_of_a_great_many_wrong_lines_a_hundred_are_shown_and_all_are_counted(
    principal: FlaskClient, world: World
) -> None:
    times = "\n".join(["2026-01-13 9:15,Library,Evidence"] * 200 + ["2026-01-13,Library,Evidence"] * 120)
    preview = to_preview(principal, world.ours, f"when,where,heard\n{times}\n")
    page = principal.get(preview).text
    assert "120 lines with something wrong" in page
    assert page.count("has no time of day") == 100
    assert "And 20 more." in page


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04 a workbook", "This is a spreadsheet, not a CSV file."),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "This is no CSV file."),
        (b"", "This file is empty."),
        (b"when\n2026-01-13 9:15\n", "There is one column only."),
        (b"when,where\n", "There are headings, and no line below them."),
        (b"a,b\n" + b"1,2\n" * 50_001, "There are more than 50000 lines."),
        (b'a,b\n1,"2\n', "A quotation mark in line 2 has no partner."),
        (b"a,b\n" + b"1" * LARGEST_FILE, "This file is larger than 10 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_says_what_to_do(
    principal: FlaskClient, db: Session, data: bytes, told: str
) -> None:
    answer = choose(principal, data)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)
    assert list(db.scalars(select(Upload))) == []


@pytest.mark.one_database
def test_no_file_and_one_far_too_large_are_refused(principal: FlaskClient) -> None:
    assert "Choose a file." in principal.post(BEGIN, data={}).text
    assert choose(principal, b"1" * (3 * LARGEST_FILE)).status_code == 413
    elsewhere = principal.post("/school/places/new", data={"name": "x" * 1_100_000})
    assert elsewhere.status_code == 413


def test_a_later_file_stands_instead_of_the_one_before(principal: FlaskClient, db: Session, world: World) -> None:
    first = to_preview(principal, world.ours)
    choose(principal, FORM, "later.csv")
    gone = principal.post(first, follow_redirects=True)
    assert "That file is not kept any more. Choose it once more." in gone.text
    assert "later.csv" in gone.text
    assert stored(db, world.ours) == []


def test_a_file_is_kept_for_a_day_and_only_for_whoever_chose_it(
    app: Flask, principal: FlaskClient, db: Session, world: World
) -> None:
    preview = to_preview(principal, world.ours)
    assert "is not brought in yet" in principal.get(BEGIN).text
    theirs = sign_in(app.test_client(), world.neighbour.principal)
    assert theirs.get(preview).status_code == 404
    address = preview.partition("?")[0]
    assert theirs.get(address).status_code == 303
    yesterday = datetime.now(UTC) - timedelta(days=1, seconds=1)
    db.execute(update(Upload).values(uploaded_at=yesterday))
    assert principal.get(preview).status_code == 303
    assert "is not brought in yet" not in principal.get(BEGIN).text
    retention.forget(db, datetime.now(UTC))
    assert list(db.scalars(select(Upload))) == []


def test_a_file_can_be_forgotten_at_once(principal: FlaskClient, db: Session, world: World) -> None:
    preview = to_preview(principal, world.ours).partition("?")[0]
    answer = principal.post(preview.replace("/preview", "/discard"), follow_redirects=True)
    assert "The file is forgotten." in answer.text
    assert list(db.scalars(select(Upload))) == []


def test_what_waits_of_a_file_goes_with_whoever_leaves(principal: FlaskClient, db: Session, world: World) -> None:
    to_preview(principal, world.ours)
    retention.forget_observer(db, world.ours.school, world.ours.principal)
    db.commit()
    assert list(db.scalars(select(Upload))) == []


def test_a_file_of_our_own_comes_into_another_school(
    app: Flask, client: FlaskClient, db: Session, world: World, tmp_path: Any
) -> None:
    ours, theirs = world.ours, world.neighbour
    for cast in (ours, theirs):
        cast.places[3].name = "=Sum room"
    for number, place in enumerate(ours.places):
        at = datetime(2026, 1, 12 + number, 14, 0, tzinfo=UTC)
        heard(db, ours.school, place, ours.coach, at, Trait.EVIDENCE, setting=list(Setting)[number])
    db.commit()
    data = sign_in(client, ours.principal).get("/school/listen-ins.csv").data
    neighbour = sign_in(app.test_client(), theirs.principal)
    step = choose(neighbour, data).location
    step = go_on(neighbour, go_on(neighbour, step).location).location
    assert neighbour.post(step).status_code == 303
    assert told(db, theirs) == told(db, ours)
    (tmp_path / "all.csv").write_bytes(data)
    said = run(app, "import", theirs.school.name, str(tmp_path / "all.csv"))
    assert said.out[0].endswith("6 were there already")


def told(db: Session, cast: Cast) -> list[tuple[object, ...]]:
    names = {place.id: place.name for place in cast.places}
    return [
        (row.observed_at, names[row.place_id], row.setting_code, row.heard, row.group_size_code)
        for row in stored(db, cast)
    ]


@pytest.mark.one_database
def test_the_page_of_all_listen_ins_leads_here(principal: FlaskClient, world: World) -> None:
    assert f'href="{BEGIN}?school={world.ours.school.id}"' in principal.get("/school/listen-ins").text


@pytest.mark.one_database
@pytest.mark.parametrize("address", ["/school/listen-ins", "/school/listen-ins/import", "/school/floor-plans"])
def test_what_lies_beside_the_school_stands_under_its_tab(principal: FlaskClient, address: str) -> None:
    assert re.findall(r'href="([^"]*)"[^>]*aria-current="page"', principal.get(address).text) == ["/account"]


def test_an_observer_is_told_that_it_is_not_for_them(client: FlaskClient, world: World) -> None:
    assert choose(sign_in(client, world.ours.coach), FORM).status_code == 403


@pytest.mark.one_database
def test_another_schools_import_looks_like_none(app: Flask, principal: FlaskClient, db: Session, world: World) -> None:
    past = principal.post(to_preview(principal, world.ours)).location.partition("?")[0]
    theirs = sign_in(app.test_client(), world.neighbour.principal)
    assert theirs.get(past).status_code == 303
    assert theirs.post(f"{past}/undo").status_code == 303
    assert len(stored(db, world.ours)) == 3


@pytest.mark.one_database
def test_words_without_a_setting_follow_the_place(principal: FlaskClient, db: Session, world: World) -> None:
    step = go_on(principal, choose(principal, FORM).location).location
    usual = explained(world.ours) | {field_name(Kind.SETTING, "Lunch"): USUAL}
    principal.post(go_on(principal, step, **usual).location)
    assert stored(db, world.ours)[1].setting_code == Setting.BREAK.code
