"""`/api/v1/session`: the door that phones and tests come in by."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.world import PASSWORD, ZONE, World, sign_in


def test_a_person_signs_in_and_is_told_their_schools(client: FlaskClient, world: World) -> None:
    coach = world.ours.coach
    answer = client.post("/api/v1/session", json={"email": coach.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json == {
        "account": str(coach.id),
        "name": coach.name,
        "schools": [
            {"id": str(world.ours.school.id), "name": "Our School", "role": "observer", "timezone": ZONE},
        ],
    }
    assert client.get("/api/v1/session").json == answer.json
