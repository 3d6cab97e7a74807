"""What watches over a server can ask it: does it live, is it ready; strangers learn nothing of any school."""

import pytest
from flask.testing import FlaskClient

from tests.conftest import new_app
from tests.world import World

ADDRESSES = ("/healthz", "/readyz", "/metrics")


def test_a_server_on_a_migrated_database_lives_and_is_ready(client: FlaskClient) -> None:
    for address, said in (("/healthz", "alive\n"), ("/readyz", "ready\n")):
        answer = client.get(address)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, said, "text/plain")


def test_metrics_are_what_prometheus_reads(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert [line.partition(" ")[0].partition("{")[0] for line in lines] == [
        "listenin_info", "listenin_ready", "process_start_time_seconds",
    ]  # fmt: skip
    assert "listenin_ready 1" in lines


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_answer_names_a_school_a_person_or_the_database(client: FlaskClient, world: World, address: str) -> None:
    said = client.get(address).text
    for word in (world.ours.school.name, world.ours.principal.email, "sqlite", "postgres", "demo"):
        assert word not in said


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_changed_by_asking(client: FlaskClient, address: str) -> None:
    assert client.post(address).status_code == 405


def test_a_database_that_is_not_migrated_is_not_ready(client: FlaskClient, not_migrated: None) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: see `listenin doctor`\n")
    assert "listenin_ready 0" in client.get("/metrics").text
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@localhost:1/nothing"])
def test_a_database_that_does_not_answer_is_not_ready(url: str) -> None:
    client = new_app(url).test_client()
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
