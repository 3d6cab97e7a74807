"""`/about`: readable by all, and true to the rules that the code decides by."""

import html
import re
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from tests.world import World, sign_in
from webapp import about
from webapp.culture.bands import APART
from webapp.culture.disclosure import RULES


def words_of(client: FlaskClient) -> str:
    page = client.get("/about")
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_it_is_readable_signed_out_and_by_everyone(client: FlaskClient, world: World) -> None:
    signed_out = words_of(client)
    for who in (world.ours.teacher, world.ours.principal, world.director, world.stranger):
        assert "Who was talking. There is no field for it." in words_of(sign_in(client, who))
    assert "Who was talking. There is no field for it." in signed_out


def test_whoever_is_signed_out_is_led_on_to_sign_in_and_others_by_their_tabs(client: FlaskClient, world: World) -> None:
    leads_on = '<footer class="colophon"><a href="/sign-in">'
    assert leads_on in client.get("/about").text
    assert leads_on not in sign_in(client, world.ours.teacher).get("/about").text


@pytest.mark.parametrize(
    "said",
    [
        "a place that at least 5 adults use",
        "after 30 days the time of day is kept to the hour only",
        "windows of 4 weeks (a school may choose 2)",
        "A window closes 7 days after it ends.",
        "At least 10 conversations, on 5 days, in 3 places, by 2 observers. No day gives more than a third of them, no"
        " place more than half, no sort of conversation more than two thirds, no observer more than two thirds.",
        "From 10 conversations on, shares are shown in thirds; from 20 in fifths; from 40 in tenths.",
        "only where bands lie two thirds, two fifths or three tenths apart, or more",
        "With fewer than 8 staff, nothing is shown. With fewer than 15,",
        "“Conversations in Schools that Improve Student Achievement”",
    ],
)
def test_it_tells_the_rules_as_they_are(client: FlaskClient, said: str) -> None:
    assert said in words_of(client)


@pytest.mark.one_database
def test_every_share_of_the_rules_has_words(client: FlaskClient) -> None:
    shares = [RULES.day_share, RULES.place_share, RULES.setting_share, RULES.observer_share]
    with client.application.test_request_context():
        assert all(about.share(each) for each in [*shares, *(Fraction(parts, of) for of, parts in APART.items())])


def test_no_value_is_left_to_be_filled_in(client: FlaskClient) -> None:
    assert "%(" not in words_of(client)
    assert "Fraction" not in words_of(client)


def test_it_answers_in_the_language_that_the_browser_asks_for(client: FlaskClient) -> None:
    assert '<html lang="es">' in client.get("/about", headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="en">' in client.get("/about", headers={"Accept-Language": "fr"}).text


def test_it_is_only_read(client: FlaskClient) -> None:
    assert client.post("/about").status_code == 405
