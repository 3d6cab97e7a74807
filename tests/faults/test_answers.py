"""Answers that say no, or later, or less at once: what waits stays on the phone, and goes once all is well."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete

from tests.browser.phone import comes_true
from tests.faults.between import Behaviour, Between, Held, answered, at_most, passed, problem
from tests.faults.browser_phone import HAS_READ, HEARD, BrowserPhone
from tests.promises import promise
from webapp.people.models import SignIn

PAGE = b"<!doctype html><title>Sorry</title><p>We will be back soon.</p>"
MORE_THAN_A_CALL = 500


def goes_later(phone: BrowserPhone, between: Between, *answers: Behaviour) -> None:
    """What waits is sent, is answered so, stays, and arrives in the end."""
    phone.save_offline()
    between.will_only(*answers)
    phone.sends()
    phone.keeps_all()
    phone.all_arrives()


def clocks(between: Between) -> list[datetime]:
    """When the phone made its calls, by its own clock."""
    return [datetime.fromisoformat(said["clock"]) for said in between.sent()]


@pytest.mark.one_database
@promise("SYNC-6")
def test_the_server_has_broken(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, problem(500, "internal-server-error"), answered(500, PAGE, content_type="text/html"))


@pytest.mark.one_database
@promise("SYNC-2", "SYNC-6")
def test_a_gateway_finds_no_server_and_answers_with_a_page(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, answered(502, PAGE, content_type="text/html"), answered(504))


@pytest.mark.one_database
@promise("SYNC-6")
def test_the_server_asks_for_a_minute_of_rest(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, problem(503, "try-again", retry_after="60"))
    *_, first, second = clocks(between)
    assert second - first >= timedelta(minutes=1)


@pytest.mark.one_database
@promise("SYNC-6")
def test_the_phone_is_told_that_it_calls_too_often(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, answered(429, PAGE, content_type="text/html", retry_after="45"))
    *_, first, second = clocks(between)
    assert second - first >= timedelta(seconds=45)


@pytest.mark.one_database
@promise("SYNC-6")
def test_the_call_took_too_long_for_the_server(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, answered(408))


@promise("SYNC-4", "SYNC-6")
def test_the_call_is_too_large_for_somebody_on_the_way(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline(HEARD[0])
    phone.save_many(200)
    before = len(between.sent())
    between.meanwhile(at_most(16_000))
    phone.all_arrives()
    sizes = [len(said["changes"]) for said in between.sent()[before:]]
    assert max(sizes) == len(phone.saved)
    assert min(sizes) > 1


@promise("SYNC-6", "SYNC-8")
def test_the_sign_in_ends_in_the_middle_of_a_queue(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline(HEARD[0])
    phone.save_many(MORE_THAN_A_CALL)
    ends = Held()
    between.will(passed, ends)
    phone.sends()
    ends.wait()
    with phone.server.data() as session:
        session.execute(delete(SignIn).where(SignIn.person_id == phone.account))
        session.commit()
    first = phone.told_first()
    ends.let_go()
    left = len(phone.saved) - len(first)
    phone.says(f"Sign in to send {left}")
    assert phone.stored().keys() == first
    phone.save_offline(HEARD[1])
    phone.says(f"Sign in to send {left + 1}")
    between.open()
    phone.sign_in()
    phone.all_arrives()


@pytest.mark.one_database
@promise("SYNC-6")
def test_the_server_says_that_this_is_not_allowed(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, problem(403, "not-allowed"))


@pytest.mark.one_database
@promise("SYNC-2", "SYNC-6")
def test_a_filter_forbids_it_with_a_page(phone: BrowserPhone, between: Between) -> None:
    goes_later(phone, between, answered(403, PAGE, content_type="text/html"))


@pytest.mark.one_database
@promise("SYNC-2")
def test_the_answer_names_nothing_that_was_sent(phone: BrowserPhone, between: Between) -> None:
    nothing = b'{"clock": "2026-11-24T15:30:00.000+00:00", "results": []}'
    goes_later(phone, between, answered(200, nothing, content_type="application/json"))


@promise("SYNC-7")
def test_the_cursor_has_expired(phone: BrowserPhone, between: Between) -> None:
    phone.save_offline()
    phone.all_arrives()
    phone.record()
    # A phone that has read nothing yet has no cursor to expire.
    comes_true(phone.page, HAS_READ)
    before = len(between.calls)
    between.will(problem(410, "cursor-expired"), on="/api/v1/changes")
    phone.record()
    phone.until(lambda: between.all_happened, "It did not read on")
    phone.until(lambda: len(reads(between, before)) >= 2, "It did not begin anew")
    asked = reads(between, before)
    assert "since=" in asked[0]
    assert "since=" not in asked[1]
    phone.shows(2)
    assert phone.stored() == phone.saved


def reads(between: Between, before: int) -> list[str]:
    return [call.path for call in between.calls[before:] if call.path.startswith("/api/v1/changes")]
