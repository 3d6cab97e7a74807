"""Sign in on the page."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.world import PASSWORD, World, sign_in
from webapp.people import throttle
from webapp.people.models import SignIn
from webapp.signing_in.onward import onward

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"


def test_a_person_signs_in_and_comes_home(client: FlaskClient, db: Session, world: World) -> None:
    answer = client.post(
        "/sign-in", data={"email": world.ours.coach.email, "password": PASSWORD}, headers={"User-Agent": IPHONE}
    )
    assert (answer.status_code, answer.location) == (303, "/")
    assert client.get("/api/v1/session").get_json()["account"] == str(world.ours.coach.id)
    made = db.scalars(select(SignIn)).one()
    assert (made.browser, made.system) == ("Safari", "iPhone")


def test_the_page_says_what_this_is_and_where_more_is_told(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "Hear how the adults of a school talk about teaching." in page
    assert 'href="/about"' in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page


def test_whoever_was_on_the_way_to_a_page_arrives_there(client: FlaskClient, world: World) -> None:
    asked = client.get("/account").location
    assert asked == "/sign-in?next=%2Faccount"
    assert '<input id="next" name="next" type="hidden" value="/account">' in client.get(asked).text
    said = {"email": world.ours.coach.email, "password": PASSWORD, "next": "/account"}
    assert client.post("/sign-in", data=said).location == "/account"


@pytest.mark.parametrize(
    "said",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example/",
        "/\t/elsewhere.example/",
        "/\n/elsewhere.example/",
        " //elsewhere.example/",
        "/..//elsewhere.example/",
        "javascript:alert(1)",
        "account",
        "/sign-in",
        "/sign-in?next=/sign-in",
        "/sign-out",
        "/api/v1/session",
        "/static/app.js",
        "/" + "a" * 500,
        "http://[",
        "",
        None,
    ],
)
@pytest.mark.one_database
def test_the_way_on_never_leaves_this_site(client: FlaskClient, world: World, said: str | None) -> None:
    assert onward(said) is None
    form = {"email": world.ours.coach.email, "password": PASSWORD, "next": said or ""}
    assert client.post("/sign-in", data=form).location == "/"


def test_a_page_with_a_question_in_its_address_is_led_back_to() -> None:
    assert onward("/heatmap?rows=week&from=2026-09-01") == "/heatmap?rows=week&from=2026-09-01"


def test_whoever_is_signed_in_already_goes_on(client: FlaskClient, world: World) -> None:
    sign_in(client, world.ours.coach)
    assert client.get("/sign-in").location == "/"
    assert client.get("/sign-in?next=/account").location == "/account"
    assert client.get("/sign-in?next=//elsewhere.example").location == "/"


def test_other_methods_are_refused(client: FlaskClient) -> None:
    assert client.put("/sign-in").status_code == 405


def test_another_site_cannot_sign_anybody_in(client: FlaskClient, world: World) -> None:
    said = {"email": world.ours.coach.email, "password": PASSWORD}
    answer = client.post("/sign-in", data=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert client.get_cookie("session") is None


def test_a_wrong_password_and_an_unknown_address_look_alike(client: FlaskClient, world: World) -> None:
    pages = [
        client.post("/sign-in", data={"email": email, "password": "a closed window"})
        for email in (world.ours.coach.email, "nobody@ours.example")
    ]
    assert [page.status_code for page in pages] == [422, 422]
    for page in pages:
        assert "E-mail and password do not belong together." in page.text
    assert 'value="coach@ours.example"' in pages[0].text
    assert "a closed window" not in pages[0].text


def test_a_person_without_a_password_cannot_sign_in_with_none(client: FlaskClient, world: World) -> None:
    world.ours.coach.password_hash = None
    for tried in ("", " ", "nobody has this password"):
        answer = client.post("/sign-in", data={"email": world.ours.coach.email, "password": tried})
        assert answer.status_code == 422


def test_whoever_was_deactivated_cannot_come_in(client: FlaskClient, world: World) -> None:
    world.ours.coach.deactivated_at = datetime.now(UTC)
    answer = client.post("/sign-in", data={"email": world.ours.coach.email, "password": PASSWORD})
    assert "do not belong together" in answer.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "", "Type your e-mail address."),
        ("email", "coach", "Type the whole address, as in name@school.org."),
        ("email", "a" * 250 + "@a.example", "An e-mail address has at most 254 characters."),
        ("email", "coach\x07@ours.example", "This has a character that cannot be shown. Type it anew."),
        ("email", "<b>coach@ours.example", "This looks like HTML."),
        ("password", "", "Type your password."),
        ("password", "a" * 201, "A password has at most 200 characters."),
    ],
)
@pytest.mark.one_database
def test_bad_input_is_told_at_its_field_and_kept(
    client: FlaskClient, db: Session, world: World, *, field: str, value: str, message: str
) -> None:
    said = {"email": world.ours.coach.email, "password": PASSWORD, "next": "/account", field: value}
    answer = client.post("/sign-in", data=said)
    assert answer.status_code == 422
    _, _, after = answer.text.partition(f'id="{field}-problem"')
    assert message in after.partition("</p>")[0]
    assert 'value="/account"' in answer.text
    assert PASSWORD not in answer.text
    assert db.scalar(select(func.count()).select_from(SignIn)) == 0


def test_what_is_sent_as_something_else_than_a_form_is_told(client: FlaskClient) -> None:
    answer = client.post("/sign-in", json={"email": "coach@ours.example", "password": PASSWORD})
    assert answer.status_code == 422


def test_after_too_many_tries_the_page_says_how_long_to_wait(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttle, "FROM_ONE_ADDRESS_FOR_ONE_PERSON", 1)
    client.post("/sign-in", data={"email": world.ours.coach.email, "password": "a closed window"})
    answer = client.post("/sign-in", data={"email": world.ours.coach.email, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "There were too many tries. Wait 15 minutes, then try again." in answer.text
    assert 'value="coach@ours.example"' in answer.text


def test_signing_in_as_somebody_else_ends_the_sign_in_before(client: FlaskClient, db: Session, world: World) -> None:
    sign_in(client, world.ours.coach)
    sign_in(client, world.ours.teacher)
    assert [each.person_id for each in db.scalars(select(SignIn))] == [world.ours.teacher.id]


def test_signing_in_gives_the_cookie_another_secret(client: FlaskClient, world: World) -> None:
    laid = sign_in(client, world.ours.coach).get_cookie("session")
    renewed = sign_in(client, world.ours.coach).get_cookie("session")
    assert laid is not None
    assert renewed is not None
    assert laid.value != renewed.value
    client.set_cookie("session", laid.value)
    assert client.get("/api/v1/session").status_code == 401
