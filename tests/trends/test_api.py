"""`GET /api/v1/schools/{school}/trends`: exactly what is published, and nothing else."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.promises import promise
from tests.trends.schooldays import FIRST, SECOND, closing, plenty
from tests.world import World, sign_in
from webapp.trends.publishing import publish_due


def address(world: World) -> str:
    return f"/api/v1/schools/{world.ours.school.id}/trends"


def published(session: Session, world: World) -> None:
    plenty(session, world.ours, FIRST, 24, evidence=12)
    plenty(session, world.ours, SECOND, 45, evidence=45)
    publish_due(session, world.ours.school, closing(world.ours, SECOND))


def test_windows_are_told_oldest_first_in_the_words_of_the_wire(client: FlaskClient, db: Session, world: World) -> None:
    published(db, world)
    answer = sign_in(client, world.ours.teacher).get(address(world))
    silent = {"substantive": 0, "inquiry": 0, "nondefensive": 0, "personal": 0, "knowledge": 0, "action": 0}
    assert answer.json == {
        "windows": [
            {"start": "2026-08-03", "end": "2026-08-30", "of": 5, "bands": silent | {"evidence": 2}},
            {"start": "2026-08-31", "end": "2026-09-27", "of": 10, "bands": silent | {"evidence": 9}},
        ]
    }


def test_a_school_without_publications_has_no_windows(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.ours.teacher).get(address(world)).json == {"windows": []}


@promise("PRIVACY-1")
def test_every_member_gets_the_same_bytes_whatever_is_asked(client: FlaskClient, db: Session, world: World) -> None:
    published(db, world)
    answers = {
        sign_in(client, who).get(address(world) + asked).data
        for who in (world.ours.teacher, world.ours.coach, world.ours.principal, world.director)
        for asked in ("", "?from=2026-08-04&to=2026-08-05", f"?school={world.neighbour.school.id}", "?rows=place&n=1")
    }
    assert len(answers) == 1


@promise("PRIVACY-1")
def test_the_answer_tells_not_when_it_was_made(client: FlaskClient, db: Session, world: World) -> None:
    published(db, world)
    answer = sign_in(client, world.ours.teacher).get(address(world))
    assert answer.headers["Cache-Control"] == "no-store, private"
    assert {"ETag", "Last-Modified"} & set(answer.headers.keys()) == set()


def test_another_school_and_none_look_alike(client: FlaskClient, world: World) -> None:
    reader = sign_in(client, world.ours.teacher)
    foreign = reader.get(f"/api/v1/schools/{world.neighbour.school.id}/trends")
    nowhere = reader.get("/api/v1/schools/00000000-0000-7000-8000-000000000000/trends")
    assert foreign.status_code == nowhere.status_code == 404
    assert foreign.data == nowhere.data


def test_signed_out_is_401(client: FlaskClient, world: World) -> None:
    answer = client.get(address(world))
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_it_is_only_read(client: FlaskClient, world: World) -> None:
    reader = sign_in(client, world.ours.teacher)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert reader.open(address(world), method=method).status_code == 405
