"""A phone on which a great many listen-ins wait, put there at once: a thumb would take days."""

from playwright.sync_api import Page


def let_wait(page: Page, count: int) -> None:
    """Writes them into the outbox of who is signed in, as a page would have, minute by minute until now."""
    assert page.evaluate(FILL, count) == count


def still_waiting(page: Page) -> int:
    """How many rows the outbox of this phone holds."""
    return int(page.evaluate(COUNT))


def schemas_waiting(page: Page) -> list[int]:
    """Of which schema the rows of the outbox are, in the order in which they were saved."""
    return list(page.evaluate(SCHEMAS))


OPEN = """
  const done = (asked) => new Promise((tell, fail) => {
    asked.onsuccess = () => tell(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const database = await done(indexedDB.open("listen-in"));
"""
FILL = f"""
async (count) => {{
  {OPEN}
  const read = database.transaction(["meta", "setup"]);
  const {{ account }} = await done(read.objectStore("meta").get("session"));
  const [{{ school, places }}] = await done(read.objectStore("setup").getAll());
  const place = places.find((each) => !each.archived).id;
  const now = Date.now();
  const outbox = database.transaction("outbox", "readwrite").objectStore("outbox");
  for (let minutes = count; minutes > 0; minutes -= 1) {{
    const at = now - minutes * 60000;
    const hex = at.toString(16).padStart(12, "0");
    const id = `${{hex.slice(0, 8)}}-${{hex.slice(8)}}-7${{crypto.randomUUID().slice(15)}}`;
    const observed_at = new Date(at).toISOString();
    const more = {{ setting: "passing", heard: ["evidence"], group_size: null, note: null, walkthrough: null }};
    const change = {{ op: "put", id, school, base: null, place, observed_at, ...more }};
    const kept = {{ saved_at: at, tried: 0, follows: 0, state: "waiting", why: null }};
    outbox.add({{ schema: 2, owner: account, change, ...kept }});
  }}
  const waiting = await done(outbox.count());
  database.close();
  return waiting;
}}
"""
COUNT = f"""
async () => {{
  {OPEN}
  const waiting = await done(database.transaction("outbox").objectStore("outbox").count());
  database.close();
  return waiting;
}}
"""
SCHEMAS = f"""
async () => {{
  {OPEN}
  const rows = await done(database.transaction("outbox").objectStore("outbox").getAll());
  database.close();
  return rows.map((row) => row.schema);
}}
"""
ONE_IS_LEFT = f"async () => (await ({COUNT})()) === 1"
NOTHING_WAITS = f"async () => (await ({COUNT})()) === 0"
