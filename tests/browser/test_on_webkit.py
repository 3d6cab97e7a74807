"""The heart of the job on WebKitGTK, the nearest to Safari here, where there is no Background Sync.

It cannot be cut off from the network, so the server is stopped instead. Where it is not installed, `make test` says so,
and conftest.py leaves this file out.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.expected_conditions import element_to_be_clickable, url_matches
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.phone import KNOWS_ITS_PLACES
from tests.browser.server import Server
from tests.promises import promise
from tests.world import PASSWORD

COACH = "coach@ours.example"
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
        driver.find_element(By.CSS_SELECTOR, f"label.chip:has([value={trait}])").click()
    driver.find_element(By.CSS_SELECTOR, "[data-save]").click()
    says(driver, "[data-said]", "Saved on this phone")


def says(driver: WebDriver, selector: str, words: str) -> None:
    WebDriverWait(driver, PATIENCE).until(
        lambda _: words in driver.find_element(By.CSS_SELECTOR, selector).text, f"{selector} does not say “{words}”"
    )


@promise("SYNC-4")
def test_what_was_saved_without_a_server_arrives_once(own_server: Server) -> None:
    with webkit() as phone:
        phone.get(f"{own_server.url}/sign-in")
        phone.find_element(By.NAME, "email").send_keys(COACH)
        phone.find_element(By.NAME, "password").send_keys(PASSWORD)
        phone.find_element(By.CSS_SELECTOR, "main form button.primary").click()
        WebDriverWait(phone, PATIENCE).until(url_matches("/record$"))
        WebDriverWait(phone, PATIENCE).until(lambda _: phone.execute_async_script(READY))
        own_server.stop()
        phone.get(f"{own_server.url}/record")
        choose_on_webkit(phone, "Library")
        listen_in_on_webkit(phone, "evidence", "inquiry")
        listen_in_on_webkit(phone, "action")
        phone.get(f"{own_server.url}/record")
        says(phone, "sync-state", "2 waiting since")
        WebDriverWait(phone, PATIENCE).until(
            lambda _: len(phone.find_elements(By.CSS_SELECTOR, "[data-listens] > li")) == 2
        )
        own_server.start()
        phone.get(f"{own_server.url}/record")
        says(phone, "sync-state", "All sent")
        assert own_server.observations(COACH) == 2


READY = f"""
const tell = arguments[0];
navigator.serviceWorker.ready.then(({KNOWS_ITS_PLACES.strip()})).then(tell);
"""
