"""`POST /api/v1/sync`: changes go in, each gets its answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.observing.phone import deletion, instant, put, results, send, statuses
from tests.promises import promise
from tests.world import World, sign_in
from webapp.extensions import new_id
from webapp.observing import shapes
from webapp.observing.models import Observation, Tombstone
from webapp.observing.shapes import SyncAnswer
from webapp.schools.models import School

pytestmark = pytest.mark.usefixtures("world")


def count(db: Session) -> int:
    db.rollback()
    return db.execute(select(func.count()).select_from(Observation)).scalar_one()


def test_an_observation_is_stored_as_it_was_said(client: FlaskClient, world: World, db: Session) -> None:
    said = put(world.ours, group_size="4-7", walkthrough=str(new_id()))
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, said)
    assert results(answer) == [{"id": said["id"], "status": "applied", "revision": 1, "problem": None, "current": None}]
    stored = db.scalars(select(Observation)).one()
    assert (str(stored.id), stored.heard, stored.said_at) == (said["id"], 0b1000010, said["observed_at"])
    assert stored.observer_id == world.ours.coach.id
    assert (stored.setting_code, stored.group_size_code, str(stored.walkthrough)) == (0, 1, said["walkthrough"])


def test_the_answer_is_of_the_shape_that_is_described(client: FlaskClient, world: World) -> None:
    signed_in, said = sign_in(client, world.ours.coach), put(world.ours)
    send(signed_in, world.ours.coach, said)
    answer = send(signed_in, world.ours.coach, said, said | {"heard": []}, said | {"setting": "shouting"})
    assert answer.content_type == "application/json"
    assert statuses(answer) == ["unchanged", "conflict", "rejected"]
    shape = SyncAnswer.model_validate_json(answer.data)
    assert abs(shape.clock - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_call_without_changes_is_answered(client: FlaskClient, world: World) -> None:
    assert statuses(send(sign_in(client, world.ours.coach), world.ours.coach)) == []


def test_nothing_heard_is_an_answer(client: FlaskClient, world: World) -> None:
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, put(world.ours, heard=[]))
    assert statuses(answer) == ["applied"]


def test_a_listen_in_from_long_ago_in_a_place_now_archived_is_welcome(
    client: FlaskClient, world: World, db: Session
) -> None:
    world.ours.places[0].archived = True
    db.commit()
    said = put(world.ours, observed_at="2026-09-01T10:00:00-04:00")
    assert statuses(send(sign_in(client, world.ours.coach), world.ours.coach, said)) == ["applied"]


def test_who_may_not_record_here_is_told_and_nothing_is_stored(client: FlaskClient, world: World, db: Session) -> None:
    answers = [
        results(send(sign_in(client, person), person, put(cast)))[0]
        for person, cast in (
            (world.ours.teacher, world.ours),
            (world.director, world.ours),
            (world.stranger, world.ours),
            (world.ours.coach, world.neighbour),
        )
    ]
    unknown = put(world.ours, school=str(new_id()))
    answers += results(send(sign_in(client, world.ours.coach), world.ours.coach, unknown))
    assert {answer["status"] for answer in answers} == {"rejected"}
    # Whether a school is there at all is not to be learnt.
    assert len({str(answer["problem"]) for answer in answers}) == 1
    assert answers[0]["problem"]["field"] == "school"
    assert count(db) == 0


def test_a_place_of_the_neighbour_is_rejected(client: FlaskClient, world: World, db: Session) -> None:
    said = put(world.ours, place=str(world.neighbour.places[0].id))
    [result] = results(send(sign_in(client, world.ours.coach), world.ours.coach, said))
    assert (result["status"], result["problem"]["field"], count(db)) == ("rejected", "place", 0)


def test_only_its_observer_mends_and_deletes_and_nobody_is_told_whose_it_is(
    client: FlaskClient, world: World, db: Session
) -> None:
    theirs, elsewhere = put(world.ours), put(world.neighbour)
    send(sign_in(client, world.ours.principal), world.ours.principal, theirs)
    send(sign_in(client, world.neighbour.coach), world.neighbour.coach, elsewhere)
    tried = (
        theirs | {"base": 1, "heard": []},
        theirs,
        deletion(theirs, 1),
        put(world.ours, id=elsewhere["id"]),
        deletion(put(world.ours, id=elsewhere["id"]), 1),
    )
    answers = results(send(sign_in(client, world.ours.coach), world.ours.coach, *tried))
    assert {answer["status"] for answer in answers} == {"rejected"}
    assert len({str(answer["problem"]) for answer in answers}) == 1
    assert all(answer["current"] is None for answer in answers)
    assert count(db) == 2


def test_an_administrator_deletes_what_another_recorded_but_cannot_mend_it(
    client: FlaskClient, world: World, db: Session
) -> None:
    said = put(world.ours)
    send(sign_in(client, world.ours.coach), world.ours.coach, said)
    admin = world.ours.principal
    assert statuses(send(sign_in(client, admin), admin, said | {"base": 1, "heard": []})) == ["rejected"]
    assert statuses(send(client, admin, deletion(said, 1), deletion(said, 1))) == ["applied", "unchanged"]
    db.rollback()
    assert db.scalars(select(Tombstone)).one().observer_id == world.ours.coach.id


def test_an_administrator_who_was_late_is_not_shown_the_note(client: FlaskClient, world: World, db: Session) -> None:
    world.ours.school.notes_days = 30
    db.commit()
    said = put(world.ours, note="for my eyes", walkthrough=str(new_id()))
    send(sign_in(client, world.ours.coach), world.ours.coach, said)
    admin = world.ours.principal
    [result] = results(send(sign_in(client, admin), admin, deletion(said, None)))
    assert (result["status"], result["current"]["heard"]) == ("conflict", ["evidence", "action"])
    assert {"note", "walkthrough"}.isdisjoint(result["current"])


def test_nobody_signed_in_is_told_so(client: FlaskClient, world: World) -> None:
    answer = send(client, world.ours.coach, put(world.ours))
    assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/signed-out")


@promise("SYNC-5")
def test_changes_of_another_account_are_refused_whole(client: FlaskClient, world: World, db: Session) -> None:
    answer = send(sign_in(client, world.ours.principal), world.ours.coach, put(world.ours))
    assert (answer.status_code, answer.get_json()["type"], count(db)) == (409, "/problems/wrong-account", 0)


def test_another_method_is_not_allowed(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.coach).get("/api/v1/sync").status_code == 405


MALFORMED: tuple[dict[str, Any], ...] = (
    {"changes": ["words"]}, {"changes": [None]}, {"changes": [{}]}, {"changes": [{"id": 7}]},
    {"changes": [{"id": "7"}]}, {"changes": {}}, {"changes": None},
    {"clock": "2026-11-24T10:42:00"}, {"clock": "now"}, {"clock": 1764000000},
    {"account": "coach"}, {"device": ""}, {"device": None}, {"schema": "1"}, {"more": True},
)  # fmt: skip


@pytest.mark.one_database
def test_a_call_of_another_shape_fails_whole(client: FlaskClient, world: World, db: Session) -> None:
    sign_in(client, world.ours.coach)
    for wrong in MALFORMED:
        good = put(world.ours)
        changes = {"changes": [good, *wrong["changes"]]} if isinstance(wrong.get("changes"), list) else {}
        answer = send(client, world.ours.coach, good, **{**wrong, **changes})
        assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/malformed"), wrong
        assert answer.get_json()["errors"][0]["field"].split(".")[0] == next(iter(wrong))
    assert client.post("/api/v1/sync", data=b'{"device": ').status_code == 422
    assert count(db) == 0


BAD: tuple[tuple[str, Any], ...] = (
    ("op", "patch"), ("op", None), ("op", ["put"]),
    ("school", "ours"), ("school", None),
    ("base", 0), ("base", -1), ("base", "1"), ("base", 1.5), ("base", True), ("base", 2**31),
    ("place", "hallway"), ("place", None), ("place", 5),
    ("setting", "shouting"), ("setting", None), ("setting", 0),
    ("heard", None), ("heard", "evidence"), ("heard", ["gossip"]), ("heard", [1]), ("heard", {"evidence": True}),
    ("observed_at", "2026-11-24T10:42:00"), ("observed_at", "2026-02-30T10:42:00Z"), ("observed_at", "today"),
    ("observed_at", 1764000000), ("observed_at", None), ("observed_at", "1969-12-31T23:59:59Z"),
    ("observed_at", "2999-01-01T00:00:00Z"), ("observed_at", "0001-01-01T00:00:00+14:00"),
    ("group_size", "5"), ("group_size", 5),
    ("note", 5), ("note", "x" * 281), ("note", "x" * 3000), ("note", "\u0958" * 200), ("note", "a\u0000b"),
    ("note", "a\u202eb"), ("note", "<b>loud</b>"), ("note", ["words"]),
    ("walkthrough", "morning"), ("walkthrough", 1),
    ("mood", "good"), ("mood" * 1000, "good"),
)  # fmt: skip


def test_a_bad_field_is_rejected_for_its_change_alone(client: FlaskClient, world: World, db: Session) -> None:
    world.ours.school.notes_days = 30
    db.commit()
    bad = [put(world.ours) | {field: value} for field, value in BAD]
    sent = [put(world.ours), *bad, put(world.ours)]
    answers = results(send(sign_in(client, world.ours.coach), world.ours.coach, *sent))
    assert [answer["id"] for answer in answers] == [said["id"] for said in sent]
    assert [answer["status"] for answer in answers] == ["applied", *["rejected"] * len(bad), "applied"]
    assert [answer["problem"]["field"] for answer in answers[1:-1]] == [field[:100] for field, _value in BAD]
    assert all(len(answer["problem"]["detail"]) > 10 for answer in answers[1:-1])
    assert count(db) == 2


def test_a_note_is_kept_where_the_school_has_notes_and_refused_with_words_where_not(
    client: FlaskClient, world: World, db: Session
) -> None:
    said = put(world.ours, note="  Ask about the quiz.\nThen wait. ")
    [result] = results(send(sign_in(client, world.ours.coach), world.ours.coach, said))
    assert (result["status"], result["problem"]["field"], count(db)) == ("rejected", "note", 0)
    world.ours.school.notes_days = 30
    db.commit()
    assert statuses(send(client, world.ours.coach, said)) == ["applied"]
    assert db.scalars(select(Observation)).one().note == "Ask about the quiz.\nThen wait."


def test_words_for_the_person_come_in_their_language(client: FlaskClient, world: World, db: Session) -> None:
    world.ours.coach.language = "es"
    db.commit()
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, put(world.ours, note="words"))
    assert statuses(answer) == ["rejected"]


def test_more_than_500_changes_are_too_many(client: FlaskClient, world: World, db: Session) -> None:
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, *[put(world.ours) for _ in range(501)])
    assert (answer.status_code, answer.get_json()["type"], count(db)) == (413, "/problems/too-large", 0)


def test_500_changes_go_in_one_call(client: FlaskClient, world: World, db: Session) -> None:
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, *[put(world.ours) for _ in range(500)])
    assert [result["revision"] for result in results(answer)] == list(range(1, 501))
    assert count(db) == 500


def test_more_than_512_kib_is_too_much(client: FlaskClient, world: World, db: Session) -> None:
    answer = send(sign_in(client, world.ours.coach), world.ours.coach, put(world.ours, note="x" * 512 * 1024))
    assert (answer.status_code, count(db)) == (413, 0)


def test_a_phone_too_old_updates_first_and_one_too_new_waits(client: FlaskClient, world: World, db: Session) -> None:
    coach = world.ours.coach
    old = send(sign_in(client, coach), coach, put(world.ours), schema=shapes.SCHEMA - 2)
    assert (old.status_code, old.get_json()["type"]) == (422, "/problems/schema-too-old")
    new = send(client, coach, put(world.ours), schema=shapes.SCHEMA + 1)
    assert (new.status_code, new.get_json()["type"]) == (425, "/problems/schema-too-new")
    assert new.headers["Retry-After"] == "60"
    # What a later release says may be of a shape that is not known here: that is no reason to call it broken.
    strange = send(client, coach, {"put": "otherwise"}, schema=shapes.SCHEMA + 1, more=True)
    assert (strange.status_code, strange.get_json()["type"]) == (425, "/problems/schema-too-new")
    assert count(db) == 0
    assert statuses(send(client, coach, put(world.ours), schema=shapes.SCHEMA - 1)) == ["applied"]
    assert statuses(send(client, coach, put(world.ours), schema=shapes.SCHEMA)) == ["applied"]


def test_a_write_from_another_site_is_refused(client: FlaskClient, world: World, db: Session) -> None:
    call = {"device": "d", "account": str(world.ours.coach.id), "clock": instant(), "changes": [put(world.ours)]}
    signed_in = sign_in(client, world.ours.coach)
    answer = signed_in.post("/api/v1/sync", json=call, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, count(db)) == (403, 0)


@promise("SYNC-4")
def test_the_same_change_twice_is_stored_once(client: FlaskClient, world: World, db: Session) -> None:
    said = put(world.ours)
    [first] = results(send(sign_in(client, world.ours.coach), world.ours.coach, said))
    again = results(send(client, world.ours.coach, said, said))
    assert [answer["status"] for answer in again] == ["unchanged", "unchanged"]
    assert {answer["revision"] for answer in again} == {first["revision"]}
    db.rollback()
    assert (count(db), db.get_one(School, world.ours.school.id).revision) == (1, 1)


@promise("SYNC-4")
def test_a_change_whose_answer_was_lost_is_no_conflict_after_a_later_edit(client: FlaskClient, world: World) -> None:
    coach, said = world.ours.coach, put(world.ours)
    mended = said | {"base": 1, "heard": ["inquiry"]}
    back = said | {"base": 2}
    sign_in(client, coach)
    assert statuses(send(client, coach, said)) == ["applied"]
    assert statuses(send(client, coach, mended)) == ["applied"]
    [late] = results(send(client, coach, said))
    assert (late["status"], late["revision"]) == ("unchanged", 1)
    # Changing back is a new change, not the first once more.
    assert [result["revision"] for result in results(send(client, coach, back, mended))] == [3, 2]


def test_an_edit_that_began_from_an_older_state_is_a_conflict_and_the_person_chooses(
    client: FlaskClient, world: World
) -> None:
    coach, said = world.ours.coach, put(world.ours)
    here, there = said | {"base": 1, "heard": ["inquiry"]}, said | {"base": 1, "heard": ["personal"]}
    answers = results(send(sign_in(client, coach), coach, said, here, there))
    assert [answer["status"] for answer in answers] == ["applied", "applied", "conflict"]
    current = answers[2]["current"]
    assert (current["op"], current["revision"], current["heard"]) == ("put", 2, ["inquiry"])
    assert current["observed_at"] == said["observed_at"]
    assert statuses(send(client, coach, there | {"base": current["revision"]})) == ["applied"]


def test_a_deletion_wins_over_an_edit_that_did_not_know_of_it(client: FlaskClient, world: World, db: Session) -> None:
    coach, said = world.ours.coach, put(world.ours)
    edit = said | {"base": 1, "heard": []}
    answers = results(send(sign_in(client, coach), coach, said, deletion(said, 1), edit, said))
    assert [answer["status"] for answer in answers] == ["applied", "applied", "conflict", "unchanged"]
    assert answers[2]["current"] == {"op": "delete", "revision": 2}
    assert count(db) == 0
    # Who knows of it may bring it back.
    assert statuses(send(client, coach, edit | {"base": 2})) == ["applied"]
    assert count(db) == 1


def test_a_deletion_that_did_not_know_of_an_edit_is_a_conflict(client: FlaskClient, world: World, db: Session) -> None:
    coach, said = world.ours.coach, put(world.ours)
    edit = said | {"base": 1, "heard": []}
    assert statuses(send(sign_in(client, coach), coach, said, edit, deletion(said, 1))) == [
        "applied", "applied", "conflict",
    ]  # fmt: skip
    assert count(db) == 1


def test_what_two_devices_delete_is_gone_once(client: FlaskClient, world: World) -> None:
    coach, said = world.ours.coach, put(world.ours)
    answers = results(
        send(sign_in(client, coach), coach, said, deletion(said, 1), deletion(said, 2), deletion(said, 1))
    )
    assert [answer["status"] for answer in answers] == ["applied", "applied", "unchanged", "unchanged"]
    assert {answer["revision"] for answer in answers[1:]} == {2}


def test_the_deletion_of_what_never_came_keeps_it_away(client: FlaskClient, world: World, db: Session) -> None:
    coach, said = world.ours.coach, put(world.ours)
    assert statuses(send(sign_in(client, coach), coach, deletion(said, None), said)) == ["applied", "conflict"]
    assert count(db) == 0


def test_what_a_server_has_lost_comes_back_with_its_mending(client: FlaskClient, world: World, db: Session) -> None:
    assert statuses(send(sign_in(client, world.ours.coach), world.ours.coach, put(world.ours, base=7))) == ["applied"]
    assert count(db) == 1
