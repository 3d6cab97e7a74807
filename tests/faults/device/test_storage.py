"""What may happen to the storage of a phone, between the thumb and the server."""

import pytest
from playwright.sync_api import expect

from tests.browser.fixtures import OpenContext
from tests.browser.phone import FILL, ready_offline, save, state
from tests.faults.device.hand import Hand
from tests.faults.warm import WarmServer
from tests.promises import promise

ROOM = 3_000_000

# The server has no part in these.
pytestmark = pytest.mark.one_database


@promise("SYNC-1", "SYNC-6")
def test_a_phone_that_is_full(open_context: OpenContext, server: WarmServer, observer: str) -> None:
    hand = Hand(open_context(), server)
    tools = hand.tools()
    tools.send("Storage.overrideQuotaForOrigin", {"origin": hand.url, "quotaSize": ROOM})
    hand.sign_in(observer)
    hand.lose_network()
    hand.record()
    known = hand.known()
    chosen = hand.fill(note="What was heard when there was no room")
    hand.page.evaluate(FILL)
    # The browser tidies what it wrote, and has a little room again; not with this.
    tools.send("Storage.overrideQuotaForOrigin", {"origin": hand.url, "quotaSize": 1})
    save(hand.page).click()
    expect(hand.page.get_by_role("alert").filter(has_text="This phone is full, so nothing was saved")).to_be_visible()
    assert hand.known() == known
    tools.send("Storage.overrideQuotaForOrigin", {"origin": hand.url})
    # The form still holds it all.
    save(hand.page).click()
    hand.new_one(chosen, known)
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-1", "SYNC-6")
def test_a_database_connection_that_is_closed_under_the_page(hand: Hand) -> None:
    hand.context.add_init_script(NOTE_CONNECTIONS)
    hand.page.reload()
    ready_offline(hand.page)
    hand.lose_network()
    hand.record()
    # As WebKit does it to pages that slept: no event tells.
    assert hand.page.evaluate(CLOSE_ALL) > 0
    hand.record(note="Over a connection that was dead")
    assert hand.page.evaluate(CLOSE_ALL) > 0
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-1", "SYNC-6")
def test_a_database_that_a_later_release_takes_over(hand: Hand) -> None:
    hand.lose_network()
    hand.record()
    # Every connection is asked to close, and the database has another number from then on.
    hand.page.evaluate(RAISE)
    hand.record()
    hand.find_network()
    hand.all_arrives()


@promise("SYNC-6")
@pytest.mark.parametrize("open_meanwhile", [True, False])
def test_storage_that_is_cleared_between_save_and_send(hand: Hand, open_meanwhile: bool) -> None:
    hand.record(note="This one was sent")
    hand.all_arrives()
    sent = dict(hand.saved)
    hand.lose_network()
    hand.record()
    # The page knows that it is on disk; cleared a moment earlier, it would write it again.
    expect(state(hand.page)).to_contain_text("1 waiting")
    if not open_meanwhile:
        hand.page.goto("about:blank")
    hand.tools().send("Storage.clearDataForOrigin", {"origin": hand.url, "storageTypes": "all"})
    hand.between.open()
    # What was only there is gone. What the server holds is untouched, and the phone begins anew.
    hand.sign_in(hand.email)
    hand.saved = sent
    hand.comes_to()
    hand.until(lambda: hand.known() == sent, "The phone does not know again what was sent")
    hand.until(lambda: hand.shown() == list(sent), "The list shows what is gone")
    expect(state(hand.page)).to_have_text("All sent")
    hand.record()
    hand.all_arrives()


@promise("SYNC-1", "SYNC-6")
@pytest.mark.parametrize("network", [True, False])
def test_a_listen_in_saved_after_storage_was_cleared_under_the_page(hand: Hand, network: bool) -> None:
    expect(state(hand.page)).to_have_text("All sent")
    if not network:
        hand.lose_network()
    hand.tools().send("Storage.clearDataForOrigin", {"origin": hand.url, "storageTypes": "indexeddb"})
    hand.record()
    if not network:
        # Whose it is nobody can tell now; so nothing is said of it that was true before.
        expect(hand.page.locator("sync-state")).to_be_hidden()
        hand.find_network()
    hand.all_arrives()
    expect(state(hand.page)).to_have_text("All sent")


@promise("SYNC-6")
def test_an_outbox_of_the_earlier_schema(hand: Hand) -> None:
    hand.lose_network()
    hand.record(note="Of an earlier release")
    hand.page.goto("about:blank")
    hand.page.goto(f"{hand.url}/offline")
    hand.page.evaluate(AS_SCHEMA_1)
    hand.between.open()
    hand.open()
    hand.all_arrives()


@promise("SYNC-6")
def test_an_outbox_row_that_nobody_can_read(hand: Hand) -> None:
    hand.lose_network()
    hand.record()
    broken = {"schema": 1, "owner": hand.account(), "change": {"id": 7}, "saved_at": 0, "tried": 0, "follows": False}
    hand.page.evaluate(ADD_ROW, {**broken, "state": "waiting", "why": None})
    hand.between.open()
    hand.open()
    hand.comes_to()
    hand.until(lambda: len(hand.needs_you()) == 1, "What cannot be read is not before its person")
    [row] = hand.outbox()
    assert row["change"] == broken["change"]
    hand.page.goto(f"{hand.url}/outbox")
    expect(hand.page.locator("[data-needs-you] li")).to_have_count(1)
    expect(hand.page.locator('[data-do="file"]:visible')).to_have_count(1)


NOTE_CONNECTIONS = """
globalThis.listenInOpen = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...said) {
  const asked = open.apply(this, said);
  asked.addEventListener("success", () => globalThis.listenInOpen.push(asked.result));
  return asked;
};
"""
CLOSE_ALL = "() => { for (const each of listenInOpen) each.close(); return listenInOpen.length; }"
RAISE = """
() => new Promise((done, fail) => {
  const looked = indexedDB.open("listen-in");
  looked.onerror = () => fail(looked.error);
  looked.onsuccess = () => {
    const { version } = looked.result;
    looked.result.close();
    const raised = indexedDB.open("listen-in", version + 10);
    raised.onerror = () => fail(raised.error);
    raised.onsuccess = () => { raised.result.close(); done(true); };
  };
})
"""
AS_SCHEMA_1 = """
() => new Promise((done, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const outbox = asked.result.transaction("outbox", "readwrite").objectStore("outbox");
    outbox.getAll().onsuccess = ({ target }) => {
      for (const row of target.result) outbox.put({ ...row, schema: 1, follows: false });
    };
    outbox.transaction.oncomplete = () => { asked.result.close(); done(true); };
  };
})
"""
ADD_ROW = """
(row) => new Promise((done, fail) => {
  const asked = indexedDB.open("listen-in");
  asked.onerror = () => fail(asked.error);
  asked.onsuccess = () => {
    const outbox = asked.result.transaction("outbox", "readwrite").objectStore("outbox");
    outbox.add(row);
    outbox.transaction.oncomplete = () => { asked.result.close(); done(true); };
  };
})
"""
