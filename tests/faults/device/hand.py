"""A phone in somebody's hand, with a way of its own to the server."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser.phone import choose_place, ready_offline, save, sign_in
from tests.faults.between import PATIENCE, Between
from tests.faults.said import Listens, Said, same, stored
from tests.faults.warm import WarmServer
from tests.world import PASSWORD, PLACES
from webapp.culture.vocabulary import TRAITS, Setting


@dataclass(frozen=True)
class Chosen:
    """What a thumb chose on the page."""

    place: UUID
    setting: str
    heard: frozenset[str]
    note: str | None

    def is_in(self, said: Said) -> bool:
        return self == Chosen(said.place, said.setting, said.heard, said.note)


class Hand:
    """A phone that one person after another may hold. `page` is what it shows, `saved` what its holder saved."""

    def __init__(self, context: BrowserContext, server: WarmServer, between: Between | None = None) -> None:
        self.server = server
        self.between = between or Between(server.port)
        self.url = self.between.url
        self.context = context
        self.page = context.pages[0] if context.pages else context.new_page()
        self.email = ""
        self.saved: Listens = {}
        # The same choices in every run, and others for each listen-in.
        self._chance = Random(4)

    def switched_on_again(self, context: BrowserContext) -> "Hand":
        """The same phone in the same hand, on the record page, after it was off."""
        again = Hand(context, self.server, self.between)
        again.email, again.saved = self.email, self.saved
        again.open()
        return again

    def sign_in(self, email: str) -> None:
        """Then the record page, ready for having no network."""
        if self.email:
            self.sign_in_on_the_page(email)
        else:
            said = {"email": email, "password": PASSWORD}
            answer = self.context.request.post(f"{self.url}/api/v1/session", data=said)
            assert answer.ok, answer.text()
        self.email, self.saved = email, {}
        self.open()
        ready_offline(self.page)
        self.until(lambda: self.account() == str(self.server.person(email)), "The phone does not know who signed in")

    def sign_in_on_the_page(self, email: str) -> None:
        """After somebody else, or the same person, whose sign-in is over."""
        self.context.clear_cookies()
        sign_in(self.page, self.url, email)

    def open(self) -> None:
        self.page.goto(f"{self.url}/record")

    def lose_network(self) -> None:
        self.between.shut()

    def find_network(self) -> None:
        """As the system tells the page; what waits is tried at once."""
        self.between.open()
        self.try_again()

    def try_again(self, page: Page | None = None) -> None:
        (page or self.page).evaluate("() => void dispatchEvent(new Event('online'))")

    def record(self, page: Page | None = None, *, note: str | None = None) -> UUID:
        """Records one on the page and finds it on the phone, as it was chosen and at the time it is."""
        known = self.known(page)
        chosen = self.fill(page, note=note)
        began = datetime.now(UTC)
        save(page or self.page).click()
        id_ = self.new_one(chosen, known, page)
        by_its_clock = self.saved[id_].filed - timedelta(seconds=self.shift())
        assert began - timedelta(seconds=1) <= by_its_clock <= datetime.now(UTC)
        return id_

    def fill(self, page: Page | None = None, *, note: str | None = None) -> Chosen:
        """Chooses everything, and does not save it."""
        page = page or self.page
        page.bring_to_front()
        place, _kind, _floor = self._chance.choice(PLACES)
        setting = self._chance.choice(list(Setting))
        heard = [each.word for each in TRAITS if self._chance.random() < 0.4]
        choose_place(page, place)
        page.locator(f'input[name="setting"][value="{setting}"]').check()
        for word in heard:
            page.locator(f'input[name="heard"][value="{word}"]').check()
        if not heard:
            page.locator('input[name="none"]').check()
        if note is not None:
            page.locator('[popovertarget="note"]').first.click()
            page.locator("#note textarea").fill(note)
            page.locator('#note [popovertargetaction="hide"]').click()
        return Chosen(self.server.place(place), str(setting), frozenset(heard), note)

    def new_one(self, chosen: Chosen, known: Iterable[UUID], page: Page | None = None) -> UUID:
        """The id under which what was chosen stands on the phone since."""
        before = set(known)
        self.until(lambda: len(self.known(page).keys() - before) == 1, "It is not on the phone")
        [(id_, said)] = [(id_, said) for id_, said in self.known(page).items() if id_ not in before]
        assert chosen.is_in(said)
        assert (said.observer, said.school) == (self.server.person(self.email), self.server.school())
        self.saved[id_] = said
        return id_

    def mend(self, id_: UUID, *heard: str) -> None:
        """From the list below the form; only these were heard."""
        self.page.locator(f'[data-listens] a[href^="/record/{id_}"]').click()
        expect(self.page.get_by_text("You are mending a listen-in.")).to_be_visible()
        for box in self.page.locator('input[name="heard"]').all():
            box.set_checked(box.get_attribute("value") in heard)
        save(self.page).click()
        self.saved[id_] = replace(self.known()[id_], heard=frozenset(heard))
        self.until(lambda: self.known().get(id_) == self.saved[id_], "The change is not on the phone")

    def delete(self, id_: UUID) -> None:
        """From the list below the form."""
        row = self.page.locator("[data-listens] > li", has=self.page.locator(f'a[href^="/record/{id_}"]'))
        row.get_by_role("button").click()
        self.until(lambda: id_ not in self.shown(), "It is still in the list")
        self.saved.pop(id_, None)

    def decide(self, action: str) -> None:
        """Settles on /outbox the one change that needs its person, by the button of this name there."""
        self.until(lambda: len(self.needs_you()) == 1, "Nothing needs its person")
        self.page.goto(f"{self.url}/outbox")
        self.page.locator(f'[data-do="{action}"]:visible').click()
        if action == "discard":
            self.page.locator('dialog#discard button[value="go"]').click()
        self.until(lambda: not self.needs_you(), "It still needs its person")

    def shown(self) -> list[UUID]:
        """The ids of the person's own list, as the page draws it."""
        links = self.page.locator('[data-listens] > li a[href^="/record/"]')
        found: list[str] = links.evaluate_all("(all) => all.map((link) => link.pathname.split('/')[2])")
        return [UUID(id_) for id_ in found]

    def outbox(self, page: Page | None = None) -> list[dict[str, Any]]:
        """The rows that wait or need somebody, whoever owns them."""
        rows: list[dict[str, Any]] = (page or self.page).evaluate(ALL_OF, "outbox")
        return rows

    def needs_you(self) -> list[dict[str, Any]]:
        return [row for row in self.outbox() if row["state"] == "needs_you"]

    def known(self, page: Page | None = None) -> Listens:
        """What the phone holds, what waits laid over what was read."""
        # In this order: what arrives in between stands in both, and not in neither.
        waits = self.outbox(page)
        read = [(kept["account"], kept) for kept in (page or self.page).evaluate(ALL_OF, "observations")]
        there = {UUID(said["id"]): Said.by_phone(owner, said) for owner, said in read}
        return {id_: said for id_, said in {**there, **puts_in(waits)}.items() if id_ not in deleted_in(waits)}

    def account(self) -> str | None:
        """Whom the phone takes for signed in."""
        kept = self.page.evaluate(FACT, "session")
        return kept and str(kept["account"])

    def stored(self) -> Listens:
        """What the database holds of the person who holds this phone."""
        with self.server.data() as session:
            return stored(session, self.server.person(self.email), self.saved)

    def comes_to(self, listens: Listens | None = None) -> None:
        """Waits until the database holds exactly this: nothing lost, nothing doubled, nothing misfiled."""
        wanted = self.saved if listens is None else listens
        deadline = time.monotonic() + PATIENCE
        while (held := self.stored()) != wanted and time.monotonic() < deadline:
            self.page.wait_for_timeout(30)
        same(held, wanted)
        self.server.books_balance()

    def all_arrives(self) -> None:
        """Waits until nothing waits on the phone and all that its holder saved is stored."""
        self.comes_to()
        self.until(lambda: self.outbox() == [], "Something still waits on the phone")
        assert self.stored() == self.saved

    def rests(self) -> None:
        """Waits until nothing of what this phone sends is on its way, from page or worker."""
        self.until(lambda: bool(self.page.evaluate(NOTHING_HELD)), "It still sends")

    def set_clock(self, seconds: float) -> None:
        """Somebody sets this phone's clock, so far ahead: in every page from now on, and in the worker, if it runs."""
        self.context.add_init_script(f"({SHIFT})({seconds})")
        for page in self.context.pages:
            page.evaluate(SHIFT, seconds)
        for worker in self.context.service_workers:
            worker.evaluate(SHIFT, seconds)

    def shift(self) -> float:
        """How far this phone's clock is ahead, in seconds."""
        return float(self.page.evaluate("() => globalThis.listenInShift ?? 0"))

    def tools(self) -> CDPSession:
        """The browser's own tools, for what no page can do."""
        return self.context.new_cdp_session(self.page)

    def until(self, happened: Callable[[], bool], complaint: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, complaint
            # The page goes on meanwhile.
            self.page.wait_for_timeout(20)


def puts_in(rows: list[dict[str, Any]]) -> Listens:
    """What the rows of an outbox say was heard, the last word on each."""
    puts = [(row["owner"], row["change"]) for row in rows if row["change"].get("op") == "put"]
    return {UUID(said["id"]): Said.by_phone(owner, said) for owner, said in puts}


def deleted_in(rows: list[dict[str, Any]]) -> set[UUID]:
    """What the rows of an outbox take away; where the person must decide, nothing is gone."""
    waiting = [row["change"] for row in rows if row["state"] == "waiting"]
    return {UUID(change["id"]) for change in waiting if change.get("op") == "delete"}


NOTHING_HELD = """
async () => {
  const { held, pending } = await navigator.locks.query();
  return held.length + pending.length === 0;
}
"""
# Both ask the phone's own database over a connection that is closed at once.
ALL_OF = """
(store) => new Promise((tell, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => tell([]);
  asked.onsuccess = () => {
    const rows = asked.result.transaction(store).objectStore(store).getAll();
    rows.onsuccess = () => { asked.result.close(); tell(rows.result); };
    rows.onerror = () => { asked.result.close(); fail(rows.error); };
  };
})
"""
FACT = """
(name) => new Promise((tell) => {
  const asked = indexedDB.open("listen-in");
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onerror = () => tell(null);
  asked.onsuccess = () => {
    const fact = asked.result.transaction("meta").objectStore("meta").get(name);
    fact.onsuccess = () => { asked.result.close(); tell(fact.result ?? null); };
  };
})
"""
SHIFT = """
(seconds) => {
  const Real = globalThis.listenInDate ??= Date;
  globalThis.listenInShift = seconds;
  globalThis.Date = class extends Real {
    constructor(...said) { said.length ? super(...said) : super(Real.now() + seconds * 1000); }
    static now() { return Real.now() + seconds * 1000; }
  };
}
"""
