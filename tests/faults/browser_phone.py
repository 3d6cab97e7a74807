"""A phone in somebody's hand, far from the server: Chromium with the real pages, over a way that does as it is told."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, expect

from tests.browser.phone import KNOWS_ITS_PLACES, chip, choose_place, comes_true, own_list, save, state, unsent
from tests.faults.between import PATIENCE, Between
from tests.faults.said import Listens, Said, same, stored
from tests.faults.warm import WarmServer
from tests.world import PASSWORD
from webapp.culture.words import SETTING_NAMES
from webapp.extensions import new_id


@dataclass(frozen=True)
class Heard:
    """What a person chooses on the page."""

    place: str
    setting: str
    traits: tuple[str, ...]
    note: str | None = None


WORDS = {name: str(setting) for setting, name in SETTING_NAMES.items()}
HEARD = (
    Heard("Library", "In passing", ("Evidence",), note="They had read the same page.\nTwice — ¿verdad?"),
    Heard("North hallway", "One to one", ("Substantive", "Action")),
    Heard("Yard", "Break", ()),
)


class BrowserPhone:
    """It is signed in and stands on the record page; `saved` is all that its person was told is saved."""

    def __init__(self, context: BrowserContext, between: Between, server: WarmServer, email: str) -> None:
        self.between = between
        self.server = server
        self.email = email
        self.account = server.person(email)
        self.saved: Listens = {}
        # Its clock runs, and can be put forward: no test waits for a phone's patience to end.
        context.clock.install()
        self.sign_in(context)
        self.page = context.new_page()
        self.record()

    def sign_in(self, context: BrowserContext | None = None) -> None:
        said = {"email": self.email, "password": PASSWORD}
        answer = (context or self.page.context).request.post(f"{self.between.url}/api/v1/session", data=said)
        assert answer.ok, answer.text()

    def record(self) -> None:
        """Opens the record page, and waits until it knows its places."""
        self.page.goto(f"{self.between.url}/record")
        self.later(1)
        comes_true(self.page, KNOWS_ITS_PLACES)

    def save(self, *some: Heard) -> None:
        """Saves listen-ins on the page, and compares what the phone holds of them with what was chosen."""
        for heard in some:
            held = self.outbox()
            self._choose(heard)
            save(self.page).click()
            comes_true(self.page, f"async () => (await ({IN_THE_OUTBOX})([])).length > {len(held)}")
            [(id_, said)] = self.outbox().items() - held.items()
            place, traits = self.server.place(heard.place), frozenset(map(str.lower, heard.traits))
            assert (said.place, said.setting, said.heard) == (place, WORDS[heard.setting], traits)
            assert (said.observer, said.note) == (self.account, heard.note)
            self.saved[id_] = said

    def save_offline(self, *some: Heard) -> None:
        """Saves while there is no network, and there is none until the phone is to send."""
        self.between.shut()
        self.save(*(some or HEARD[:2]))

    def save_many(self, times: int) -> None:
        """The last listen-in once more, many times, each under an id of its own: a queue of several calls."""
        self.page.evaluate(IN_THE_OUTBOX, [str(new_id()) for _ in range(times)])
        self.saved = self.outbox()

    def outbox(self) -> Listens:
        """What is still to be sent, or needs the person."""
        rows: list[dict[str, Any]] = self.page.evaluate(IN_THE_OUTBOX, [])
        return {UUID(row["change"]["id"]): Said.by_phone(row["owner"], row["change"]) for row in rows}

    def later(self, seconds: int = 10) -> None:
        """Time goes by on this phone."""
        self.page.clock.fast_forward(seconds * 1_000)

    def network_is_back(self) -> None:
        """The system tells the page."""
        self.page.evaluate("() => dispatchEvent(new Event('online'))")

    def sends(self) -> None:
        """There is a network, and nothing keeps it from trying."""
        self.between.open()
        self.rests()
        self.network_is_back()

    def rests(self) -> None:
        """The time goes by that the server asked for; where nobody answered, the phone hears of a network."""
        if not self.between.idle:
            # No call loses any of the time that it may take.
            return
        pause = self.page.evaluate(PAUSE)
        if pause["answered"] and pause["left"] > 0:
            self.page.clock.fast_forward(pause["left"])
        elif pause["left"] > 0:
            self.network_is_back()

    def told_first(self) -> set[UUID]:
        """What it said in the last call but one."""
        return {UUID(change["id"]) for change in self.between.sent()[-2]["changes"]}

    def stored(self) -> Listens:
        with self.server.data() as session:
            return stored(session, self.account, self.saved)

    def all_arrives(self) -> None:
        """Waits until nothing is unsent; then nothing is lost, nothing doubled, nothing misfiled."""
        self.sends()
        self.until(lambda: not self.outbox(), "Not all was sent")
        same(self.stored(), self.saved)
        self.server.books_balance()

    def keeps_all(self) -> None:
        """Whatever happened on the way, all that was saved is still in the outbox."""
        self.until(lambda: self.between.all_happened, "What was planned did not happen")
        same(self.outbox(), self.saved)

    def until(self, happened: Callable[[], bool], complaint: str) -> None:
        """Waits for something, while time goes by on the phone, and somebody looks at it now and then."""
        deadline = time.monotonic() + PATIENCE
        for look in count(1):
            if happened():
                return
            assert time.monotonic() < deadline, f"{complaint}: {self.between!r} {self.page.evaluate(PAUSE)}"
            self.rests()
            if look % 10 == 0 and self.between.idle:
                self.network_is_back()
            # The page goes on meanwhile.
            self.page.wait_for_timeout(20)

    def says(self, words: str) -> None:
        """Waits until the page says so of what waits."""
        expect(state(self.page)).to_have_text(words)

    def shows(self, listens: int) -> None:
        """Waits until its own list has so many listen-ins, all of them sent."""
        expect(own_list(self.page)).to_have_count(listens)
        expect(unsent(self.page)).to_have_count(0)

    def _choose(self, heard: Heard) -> None:
        choose_place(self.page, heard.place)
        self.page.get_by_role("radio", name=heard.setting, exact=True).check()
        for trait in heard.traits or ("None of these",):
            chip(self.page, trait).check()
        if heard.note is not None:
            self.page.get_by_role("button", name=re.compile("^Note")).click()
            self.page.get_by_label("A note for yourself").fill(heard.note)
            self.page.locator("#note").get_by_role("button", name="Done").click()


# Reads the rows of the phone's outbox, and adds the last of them once more under each of these ids.
IN_THE_OUTBOX = """
(ids) => new Promise((tell, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const database = asked.result;
    const outbox = database.transaction("outbox", "readwrite").objectStore("outbox");
    const found = outbox.getAll();
    found.onsuccess = () => {
      const { seq, ...last } = found.result.at(-1) ?? {};
      for (const id of ids) outbox.add({ ...last, tried: 0, change: { ...last.change, id } });
    };
    outbox.transaction.oncomplete = () => { database.close(); tell(found.result); };
  };
})
"""
# Whether it knows up to where it has read.
HAS_READ = """
() => new Promise((tell, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const facts = asked.result.transaction("meta").objectStore("meta").getAllKeys();
    facts.onsuccess = () => { asked.result.close(); tell(facts.result.some((name) => name.startsWith("cursor "))); };
  };
})
"""
# How many milliseconds are left until it sends again by itself, and whether somebody answered the last time.
PAUSE = """
() => new Promise((tell, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const pause = asked.result.transaction("meta").objectStore("meta").get("pause");
    pause.onsuccess = () => {
      asked.result.close();
      const { answered = false, until = 0 } = pause.result ?? {};
      tell({ answered, left: Math.ceil(until - Date.now()) });
    };
  };
})
"""
