"""Recording a listen-in on the plain page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.observing.plain_form import above_save, filled, of, problems, shown
from tests.promises import promise
from tests.world import World, member, sign_in
from webapp.culture.vocabulary import GroupSize, Role, Setting, Trait
from webapp.schools.models import Membership

UNKNOWN = "01936b5e-7c00-7000-8000-00000000beef"


def a_while_ago(minutes: int) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


def test_a_place_what_was_heard_and_save_are_enough(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/record", data=filled(world.ours))
    assert answer.status_code == 302
    [stored] = of(world.ours.school, db)
    assert stored.observer_id == world.ours.coach.id
    assert stored.place_id == world.ours.places[0].id
    assert Trait(stored.heard) == Trait.EVIDENCE | Trait.ACTION
    assert abs(stored.observed_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (stored.group_size_code, stored.note) == (None, None)


def test_the_setting_follows_from_the_place_unless_it_is_chosen(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    lounge = str(world.ours.places[1].id)
    client.post("/record", data=filled(world.ours, place=lounge))
    client.post("/record", data=filled(world.ours, place=lounge, setting="one_to_one"))
    said = [Setting.from_code(each.setting_code) for each in of(world.ours.school, db)]
    assert said == [Setting.BREAK, Setting.ONE_TO_ONE]


def test_that_none_of_these_was_heard_is_an_answer(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours, heard=None, none="y"))
    assert [each.heard for each in of(world.ours.school, db)] == [0]


@pytest.mark.parametrize("minutes", [5, 10, 20, 45])
def test_it_may_have_been_some_minutes_ago(client: FlaskClient, world: World, db: Session, minutes: int) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours, when=str(minutes)))
    [stored] = of(world.ours.school, db)
    assert abs(stored.observed_at - a_while_ago(minutes)) < timedelta(minutes=1)


@pytest.mark.parametrize("when", ["at", "now"])
def test_a_time_is_typed_in_the_zone_of_the_school(client: FlaskClient, world: World, db: Session, when: str) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours, when=when, at="2026-03-03T10:42"))
    [stored] = of(world.ours.school, db)
    assert stored.observed_at == datetime(2026, 3, 3, 15, 42, tzinfo=UTC)
    assert stored.said_at == "2026-03-03T10:42:00-05:00"


def test_how_many_were_talking_may_be_said(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    for size in GroupSize:
        client.post("/record", data=filled(world.ours, group_size=size.value))
    assert [each.group_size_code for each in of(world.ours.school, db)] == [0, 1, 2]


def test_a_note_is_offered_and_kept_where_the_school_has_notes(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    assert 'name="note"' not in client.get("/record").text
    world.ours.school.notes_days = 30
    assert 'name="note"' in client.get("/record").text
    client.post("/record", data=filled(world.ours, note=" in two\r\nlines "))
    assert [each.note for each in of(world.ours.school, db)] == ["in two\nlines"]


def test_after_saving_the_page_says_so_once_offers_undo_and_is_ready_for_the_next(
    client: FlaskClient, world: World, db: Session
) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/record", data=filled(world.ours), follow_redirects=True)
    [stored] = of(world.ours.school, db)
    undo = f'action="/record/{stored.id}/deletion"'
    assert "Saved" in answer.text
    assert answer.text.count(undo) == len(("Undo", "the row in the list"))
    assert "heard" not in shown(answer)
    assert client.get("/record").text.count(undo) == 1


def test_the_place_last_used_is_chosen_already(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert "place" not in shown(client.get("/record"))
    for place in (world.ours.places[2], world.ours.places[4]):
        client.post("/record", data=filled(world.ours, place=str(place.id)))
    assert shown(client.get("/record"))["place"] == [str(world.ours.places[4].id)]


def test_the_only_place_is_chosen_already(client: FlaskClient, world: World) -> None:
    only, *others = world.ours.places
    for place in others:
        place.archived = True
    sign_in(client, world.ours.coach)
    assert shown(client.get("/record"))["place"] == [str(only.id)]


def test_a_school_without_places_says_so_and_leads_its_administrator_to_them(
    client: FlaskClient, world: World, db: Session
) -> None:
    for place in world.ours.places:
        place.archived = True
    db.commit()
    for who, said, other in (
        (world.ours.principal, "Add places", "An administrator of your school adds them."),
        (world.ours.coach, "An administrator of your school adds them.", "Add places"),
    ):
        page = sign_in(client, who).get("/record").text
        assert "Your school has no places yet." in page
        assert said in page
        assert other not in page
        assert 'id="listen"' not in page


def test_the_address_may_choose_place_and_setting(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    place = str(world.ours.places[3].id)
    said = shown(client.get(f"/record?place={place}&setting=staff_meeting"))
    assert (said["place"], said["setting"]) == ([place], ["staff_meeting"])


@pytest.mark.parametrize("place", ["nowhere", UNKNOWN, "\x00", "<b>"])
def test_an_address_with_a_place_that_is_not_here_says_so(client: FlaskClient, world: World, place: str) -> None:
    sign_in(client, world.ours.coach)
    answer = client.get("/record", query_string={"place": place, "setting": "shouting"})
    assert answer.status_code == 200
    assert "That place is not listed here" in answer.text
    assert not {"place", "setting"} & set(shown(answer))


def test_an_archived_place_is_not_offered(client: FlaskClient, world: World, db: Session) -> None:
    world.ours.places[0].archived = True
    sign_in(client, world.ours.coach)
    assert world.ours.places[0].name not in client.get("/record").text
    assert client.post("/record", data=filled(world.ours)).status_code == 422
    assert of(world.ours.school, db) == []


def test_only_ones_own_listen_ins_stand_below_with_the_last_first(client: FlaskClient, world: World) -> None:
    client.post("/record", data=filled(world.ours, place=str(world.ours.places[5].id)))
    sign_in(client, world.ours.principal)
    client.post("/record", data=filled(world.ours, heard=["inquiry"]))
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours, when="20", heard=["personal"]))
    text = client.post("/record", data=filled(world.ours, heard=["knowledge"]), follow_redirects=True).text
    rows = text.partition("Your last listen-ins")[2].partition("<template")[0]
    assert rows.count('class="listen-row"') == 2
    assert rows.index("Knowledge") < rows.index("Personal")


def test_all_seven_stand_there_with_their_look_fors_in_the_order_of_the_wire(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    text = client.get("/record").text
    places = [text.index(f'value="{trait.word}"') for trait in Trait]
    assert places == sorted(places)
    assert text.count("<h3>") == len(list(Trait))


def test_staff_may_not_record(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.teacher)
    assert client.get("/record").status_code == 403
    assert client.post("/record", data=filled(world.ours)).status_code == 403
    assert of(world.ours.school, db) == []


def test_a_district_administrator_may_not_record(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.director)
    assert client.post("/record", data=filled(world.ours)).status_code == 403
    assert of(world.ours.school, db) == []


def test_another_school_and_its_places_are_not_there(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    assert client.get(f"/record?school={world.neighbour.school.id}").status_code == 404
    assert client.post("/record", data=filled(world.neighbour)).status_code == 404
    answer = client.post("/record", data=filled(world.ours, place=str(world.neighbour.places[0].id)))
    assert problems(answer) == ["That place is not listed here. Choose another."]
    assert of(world.ours.school, db) == of(world.neighbour.school, db) == []


def test_whoever_records_in_two_schools_is_led_from_one_to_the_other(
    client: FlaskClient, world: World, db: Session
) -> None:
    other = world.neighbour.school
    db.add(Membership(person_id=world.ours.coach.id, school_id=other.id, role_word=Role.OBSERVER))
    sign_in(client, world.ours.coach)
    assert f'href="/record?school={other.id}"' in client.get(f"/record?school={world.ours.school.id}").text
    answer = client.post("/record", data=filled(world.neighbour))
    assert answer.location == f"/record?school={other.id}"
    assert len(of(other, db)) == 1


def test_signed_out_leads_to_sign_in_and_back(client: FlaskClient, world: World, db: Session) -> None:
    place = str(world.ours.places[0].id)
    assert client.get(f"/record?place={place}").location == f"/sign-in?next=%2Frecord%3Fplace%3D{place}"
    assert client.post("/record", data=filled(world.ours)).location == "/sign-in?next=/record"
    assert of(world.ours.school, db) == []


def test_the_page_is_read_and_posted_to_only(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert {client.open("/record", method=method).status_code for method in ("PUT", "PATCH", "DELETE")} == {405}


NOT_A_CHOICE = "This is not a choice here. Choose again."
NOT_WHOLE = "This page did not arrive whole. Look through it, then save once more."
SHOWN = "This has a character that cannot be shown. Type it anew."
NOT_LISTED = "That place is not listed here. Choose another."
NO_TIME = "Give the day and the time."

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"place": None}, "Choose a place."),
    ({"place": "nowhere"}, NOT_LISTED),
    ({"place": UNKNOWN}, NOT_LISTED),
    ({"place": "<b>" * 400}, NOT_LISTED),
    ({"setting": "shouting"}, NOT_A_CHOICE),
    ({"setting": "other\x00"}, NOT_A_CHOICE),
    ({"heard": None}, "Choose what you heard, or “None of these”."),
    ({"none": "y"}, "Choose either what you heard or “None of these”, not both."),
    ({"heard": ["evidence", "<i>"]}, "One of these is not a choice here. Choose again."),
    ({"when": "yesterday"}, NOT_A_CHOICE),
    ({"when": "-5"}, NOT_A_CHOICE),
    ({"when": "at"}, NO_TIME),
    ({"when": "at", "at": "ten to four"}, NO_TIME),
    ({"when": "at", "at": "2026-02-30T10:00"}, NO_TIME),
    ({"when": "at", "at": "10000-01-01T10:00"}, NO_TIME),
    ({"when": "at", "at": "2026-01-01T10:00" * 300}, NO_TIME),
    ({"when": "at", "at": "9999-12-31T23:59"}, NO_TIME),
    ({"when": "at", "at": "2200-01-01T10:00"}, "Choose a time that is past."),
    ({"when": "at", "at": "1969-07-20T20:17"}, "Choose a time since the year 2000."),
    ({"group_size": "1"}, NOT_A_CHOICE),
    ({"group_size": "8+ <script>"}, NOT_A_CHOICE),
    ({"note": "a" * 281}, "A note has at most 280 characters; this one has 281."),
    ({"note": "look <b>here</b>"}, "This looks like HTML. Use plain words, without < before a letter."),
    ({"note": "turned \u202e round"}, SHOWN),
    ({"note": "bell \x07"}, SHOWN),
    ({"note": "nothing \x00"}, SHOWN),
    ({"id": None}, NOT_WHOLE),
    ({"id": "1 OR 1=1"}, NOT_WHOLE),
    ({"base": "-1"}, NOT_WHOLE),
    ({"base": "99999999999"}, NOT_WHOLE),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    client: FlaskClient, world: World, db: Session, wrong: dict[str, Any], said: str
) -> None:
    world.ours.school.notes_days = 30
    sign_in(client, world.ours.coach)
    typed = filled(world.ours, group_size="4-7", setting="break", note="kept") | wrong
    answer = client.post("/record", data={name: value for name, value in typed.items() if value is not None})
    assert answer.status_code == 422
    assert said in (above_save(answer) if {"id", "base"} & set(wrong) else problems(answer))
    kept = shown(answer)
    for name in {"place", "setting", "group_size", "note"} - set(wrong):
        assert kept[name] == [typed[name]]
    if "note" in wrong and wrong["note"].isprintable():
        assert kept["note"] == [wrong["note"]]
    if "at" in wrong:
        assert kept["at"] == [wrong["at"]]
    if not {"heard", "none"} & set(wrong):
        assert kept["heard"] == ["evidence", "action"]
    assert of(world.ours.school, db) == []


def test_a_page_that_did_not_arrive_whole_is_mended_by_saving_once_more(
    client: FlaskClient, world: World, db: Session
) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/record", data=filled(world.ours, id="?", base="?"))
    assert client.post("/record", data=shown(answer)).status_code == 302
    assert len(of(world.ours.school, db)) == 1


def test_a_note_where_the_school_keeps_none_is_not_stored_and_not_lost(
    client: FlaskClient, world: World, db: Session
) -> None:
    sign_in(client, world.ours.coach)
    answer = client.post("/record", data=filled(world.ours, note="from before"))
    assert problems(answer) == ["Your school keeps no notes. Empty this, then save."]
    assert shown(answer)["note"] == ["from before"]
    assert of(world.ours.school, db) == []


@promise("SYNC-4")
def test_save_tapped_twice_saves_once(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    said = filled(world.ours)
    assert [client.post("/record", data=said).status_code for _tap in range(2)] == [302, 302]
    assert len(of(world.ours.school, db)) == 1


def test_a_page_gone_back_to_and_filled_in_anew_replaces_nothing_unasked(
    client: FlaskClient, world: World, db: Session
) -> None:
    sign_in(client, world.ours.coach)
    said = filled(world.ours)
    client.post("/record", data=said)
    answer = client.post("/record", data=said | {"heard": ["personal"]})
    assert answer.status_code == 409
    assert "This page was saved before" in answer.text
    again = {name: values[0] for name, values in shown(answer).items()}
    assert again["heard"] == "personal"
    assert client.post("/record", data=again).status_code == 302
    assert [Trait(each.heard) for each in of(world.ours.school, db)] == [
        Trait.EVIDENCE | Trait.ACTION,
        Trait.PERSONAL,
    ]


def test_somebody_elses_id_is_not_taken_over(client: FlaskClient, world: World, db: Session) -> None:
    said = filled(world.ours)
    client.post("/record", data=said)
    sign_in(client, world.ours.principal)
    client.post("/record", data=said)
    sign_in(client, world.ours.coach)
    answer = client.post("/record", data=said | {"heard": ["personal"]})
    assert answer.status_code == 422
    [stored] = of(world.ours.school, db)
    assert (stored.observer_id, Trait(stored.heard)) == (world.ours.principal.id, Trait.EVIDENCE | Trait.ACTION)


def test_another_observer_sees_nothing_of_it(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    client.post("/record", data=filled(world.ours))
    other = member(db, world.ours.school, Role.OBSERVER, "second@ours.example")
    sign_in(client, other)
    assert "listen-row" not in client.get("/record").text.partition("<template data-listen>")[0]
