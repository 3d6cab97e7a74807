"""`/outbox`: the same page for everyone, because the server does not know what waits on a phone."""

from flask.testing import FlaskClient

from tests.world import World, sign_in


def test_it_says_what_to_expect_without_a_script_too(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    answer = client.get("/outbox")
    assert answer.status_code == 200
    assert "Still to be sent" in answer.text
    assert "<noscript>" in answer.text


def test_it_is_open_to_staff_and_to_whoever_signed_out_with_something_unsent(client: FlaskClient, world: World) -> None:
    assert client.get("/outbox").status_code == 200
    sign_in(client, world.ours.teacher)
    assert client.get("/outbox").status_code == 200


def test_it_tells_nothing_of_anyone_to_whoever_is_signed_out(client: FlaskClient, world: World) -> None:
    text = client.get("/outbox").text
    for name in (world.ours.school.name, world.ours.coach.name, world.ours.places[0].name):
        assert name not in text


def test_it_is_read_only(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.post("/outbox").status_code == 405


def test_parameters_change_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.get("/outbox?x=<b>").text == client.get("/outbox").text
