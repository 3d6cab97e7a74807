"""The heart of the job on WebKitGTK, the nearest to Safari here, where there is no Background Sync.

It cannot be cut off from the network, so the server is stopped instead. Where it is not installed, `make test` says so,
and conftest.py leaves this file out.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from glob import glob
from typing import Any
from uuid import UUID

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.expected_conditions import element_to_be_clickable, url_matches
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service
from sqlalchemy import select

from tests.addresses import PLAN
from tests.browser.phone import KNOWS_ITS_PLACES
from tests.browser.server import OURS, Server
from tests.faults.device.hand import ALL_OF, deleted_in, puts_in
from tests.faults.said import Listens, stored
from tests.observing.rows import heard
from tests.promises import promise
from tests.world import PASSWORD
from webapp.schools import drawings, floor_plans
from webapp.schools.models import Place, School

PATIENCE = 20


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody looks at; its number, as DISPLAY has it."""
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        assert running.stdout is not None
        try:
            yield f":{running.stdout.readline().decode().strip()}"
        finally:
            running.terminate()


@contextmanager
def webkit() -> Iterator[WebDriver]:
    """WebKitGTK's small browser. What it stores lasts as long as it runs: it cannot be closed and opened again."""
    options = Options()
    options.binary_location = glob("/usr/lib/*/webkit2gtk-4.1/MiniBrowser")[0]
    options.add_argument("--automation")
    with screen() as display:
        service = Service(executable_path=shutil.which("WebKitWebDriver"), env={**os.environ, "DISPLAY": display})
        driver = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()


def choose_on_webkit(driver: WebDriver, place: str) -> None:
    path = f"//place-picker//label[normalize-space()='{place}']"
    WebDriverWait(driver, PATIENCE).until(element_to_be_clickable((By.XPATH, path))).click()


def listen_in_on_webkit(driver: WebDriver, *traits: str) -> None:
    for trait in traits:
        press(driver, f"label.chip:has([value={trait}])")
        assert driver.find_element(By.CSS_SELECTOR, f"[name=heard][value={trait}]").is_selected(), trait
    press(driver, "[data-save]")
    says(driver, "[data-said]", "Saved on this phone")


def says(driver: WebDriver, selector: str, words: str) -> None:
    """Also what is no longer seen: a message leaves by itself, perhaps before anybody looked."""
    WebDriverWait(driver, PATIENCE).until(
        lambda _: words in str(driver.find_element(By.CSS_SELECTOR, selector).get_property("textContent")),
        f"{selector} does not say “{words}”",
    )


def sign_in_on_webkit(driver: WebDriver, server: Server, email: str) -> None:
    """Whoever was signed in before is so no longer."""
    driver.delete_all_cookies()
    driver.get(f"{server.url}/sign-in")
    driver.find_element(By.NAME, "email").send_keys(email)
    driver.find_element(By.NAME, "password").send_keys(PASSWORD)
    driver.find_element(By.CSS_SELECTOR, "main form button.primary").click()
    wait(driver, url_matches("/record$"), "The record page does not come")
    wait(driver, lambda _: driver.execute_async_script(READY), "The phone is not ready")


def mend_on_webkit(driver: WebDriver, id_: UUID, *traits: str) -> None:
    """Only these were heard."""
    press(driver, f'[data-listens] a[href^="/record/{id_}"]')
    wait(driver, lambda _: driver.find_element(By.CSS_SELECTOR, "[data-mending]").is_displayed(), "Nothing is mended")
    for box in driver.find_elements(By.CSS_SELECTOR, "[name=heard]"):
        if box.is_selected() != (box.get_attribute("value") in traits):
            press(driver, f"label.chip:has([value={box.get_attribute('value')}])")
    press(driver, "[data-save]")
    says(driver, "[data-said]", "Changes saved on this phone")


def delete_on_webkit(driver: WebDriver, id_: UUID) -> None:
    press(driver, f'[data-listens] li:has(a[href^="/record/{id_}"]) button')
    says(driver, "[data-said]", "Deleted on this phone")


def press(driver: WebDriver, selector: str) -> None:
    """As soon as it is there; also where something else lies over it: other tests see to that."""
    wait(
        driver,
        lambda _: driver.execute_script(
            "const found = document.querySelector(arguments[0]); found?.click(); return found !== null", selector
        ),
        f"{selector} never came",
    )


def unsent_on_webkit(driver: WebDriver) -> Listens:
    """What waits on the phone, as it will be filed."""
    rows = driver.execute_async_script(f"({ALL_OF.strip()})('outbox').then(arguments[0])")
    return {id_: said for id_, said in puts_in(rows).items() if id_ not in deleted_in(rows)}


def wait(driver: WebDriver, until: Callable[[WebDriver], Any], complaint: str) -> None:
    WebDriverWait(driver, PATIENCE).until(until, complaint)


@promise("SYNC-4", "SYNC-5", "SYNC-8")
def test_the_whole_job_on_webkit(own_server: Server) -> None:
    owner, other = own_server.newcomer(), own_server.newcomer()
    with webkit() as phone:
        sign_in_on_webkit(phone, own_server, owner)
        own_server.stop()
        phone.get(f"{own_server.url}/record")
        choose_on_webkit(phone, "Library")
        listen_in_on_webkit(phone, "evidence", "inquiry")
        listen_in_on_webkit(phone, "action")
        wait(phone, lambda _: len(unsent_on_webkit(phone)) == 2, "They are not saved")
        kept, gone = sorted(unsent_on_webkit(phone))
        mend_on_webkit(phone, kept, "knowledge")
        delete_on_webkit(phone, gone)
        listen_in_on_webkit(phone, "personal")
        wait(phone, lambda _: len(unsent_on_webkit(phone)) == 2, "They are not saved")
        phone.get(f"{own_server.url}/record")
        says(phone, "sync-state", "waiting since")
        wait(
            phone, lambda _: len(phone.find_elements(By.CSS_SELECTOR, "[data-listens] > li")) == 2, "Not two are shown"
        )
        saved = unsent_on_webkit(phone)
        assert saved[kept].heard == {"knowledge"}

        own_server.start()
        sign_in_on_webkit(phone, own_server, other)
        phone.get(f"{own_server.url}/record")
        choose_on_webkit(phone, "Yard")
        listen_in_on_webkit(phone, "action")
        own_server.comes_to(other, 1)
        assert own_server.observations(owner) == 0
        # The server has it a moment before the phone knows.
        wait(phone, lambda _: unsent_on_webkit(phone) == saved, "What waits for its owner is not as it was")

        sign_in_on_webkit(phone, own_server, owner)
        own_server.comes_to(owner, 2)
        says(phone, "sync-state", "All sent")
    account = own_server.person(owner)
    with own_server.data() as session:
        assert stored(session, account) == saved


def test_zones_lie_where_they_were_drawn_on_webkit(own_server: Server) -> None:
    with own_server.data() as session:
        ours = session.scalars(select(School).where(School.name == OURS)).one()
        place = session.scalars(select(Place).where(Place.school_id == ours.id, Place.name == "Library")).one()
        plan = floor_plans.put(session, ours, 1, drawings.drawn(PLAN))
        floor_plans.draw_zones(session, plan, {place.id: floor_plans.Area(100, 200, 500, 600)})
        heard(session, ours, place, None, datetime.now(UTC), times=12)
        session.commit()
    with webkit() as browser:
        sign_in_on_webkit(browser, own_server, own_server.newcomer())
        browser.get(f"{own_server.url}/heatmap/building")
        wait(browser, lambda _: browser.find_elements(By.CSS_SELECTOR, ".in-zone"), "There is no zone")
        shares = browser.execute_script(WHERE)
        assert [round(share, 1) for share in shares] == [0.1, 0.2, 0.5, 0.6]


WHERE = """
const [plan, zone] = [".plan > img", ".in-zone"].map((each) => document.querySelector(each).getBoundingClientRect());
const from = [(zone.left - plan.left) / plan.width, (zone.top - plan.top) / plan.height];
return [...from, zone.width / plan.width, zone.height / plan.height];
"""
READY = f"""
const tell = arguments[0];
navigator.serviceWorker.ready.then(({KNOWS_ITS_PLACES.strip()})).then(tell);
"""
