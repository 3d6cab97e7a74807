import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { reach } from "../../static/src/database";
import { fact, learn } from "../../static/src/facts";
import { add, all, standing } from "../../static/src/outbox";
import { SCHEMA } from "../../static/src/rows";
import { flush } from "../../static/src/sync";
import type { SyncCall } from "../../static/src/wire";
import { applied, COACH, freshDevice, listen, lost, NEIGHBOUR, NOON, results, Server, save, status } from "./world";

/** What a browser shows of an answer that is none of ours: no status, no body. */
function opaque(): Response {
  return Object.defineProperty(new Response(null), "status", { value: 0 });
}

async function waiting(): Promise<number> {
  return (await standing(COACH)).waiting;
}

beforeEach(freshDevice);

test("everything that waits is sent once and leaves", async () => {
  const server = new Server();
  const ids = await save(3);
  assert.deepEqual(await flush("saved"), { waiting: 0, obstacle: null, again: null });
  assert.deepEqual(server.ids, ids);
});

test("when nothing waits, nobody is called", async () => {
  const server = new Server();
  await flush("start");
  assert.equal(server.calls.length, 0);
});

test("more than a call may carry goes in several", async () => {
  const server = new Server();
  await save(1_100);
  await flush("button");
  assert.deepEqual(
    server.calls.map((call) => call.changes.length),
    [500, 500, 100],
  );
  assert.equal(await waiting(), 0);
});

test("flushes asked for at the same time send nothing twice", async () => {
  const server = new Server();
  const ids = await save(2);
  await Promise.all([flush("saved"), flush("online"), flush("timer")]);
  assert.deepEqual(server.ids, ids);
});

test("what is saved while a flush runs is sent before it ends", async () => {
  const late = listen();
  const server = new Server().answers(async (call) => {
    await add(COACH, late, NOON);
    void flush("saved");
    return applied(call);
  });
  await save(1);
  await flush("saved");
  assert.equal(server.ids.at(-1), late.id);
  assert.equal(await waiting(), 0);
});

const NOTHING_ARRIVED: [string, () => Response | Promise<Response>][] = [
  ["no network", lost],
  ["a captive portal’s page", status(200)],
  [
    "a truncated answer",
    () => new Response('{"clock":"x","resul', { headers: { "Content-Type": "application/json" } }),
  ],
  ["an answer that names none of them", () => results([])],
  ["a proxy’s redirect", () => Promise.reject(new TypeError("unexpected redirect"))],
  ["an opaque answer", () => opaque()],
  ["JSON that calls itself something else", () => new Response("{}", { headers: { "Content-Type": "text/plain" } })],
  ["408", status(408)],
  ["425", status(425, "schema-too-new", { "Retry-After": "60" })],
  ["429", status(429, "too-many-tries")],
  ["500", status(500, "internal-server-error")],
  ["502 with a page", status(502)],
  ["503", status(503)],
  ["511", status(511)],
];

for (const [what, answer] of NOTHING_ARRIVED) {
  test(`after ${what} everything is kept and tried later`, async () => {
    const server = new Server().answers(answer);
    await save(2);
    const { obstacle, again } = await flush("saved");
    assert.equal(obstacle, "keep");
    assert.ok((again ?? 0) > Date.now());
    assert.equal(await waiting(), 2);
    assert.equal(server.calls.length, 1);
  });
}

test("a network that is back is tried at once, if it was only the network that failed", async () => {
  new Server().answers(lost);
  await save(1);
  await flush("saved");
  assert.equal((await flush("timer")).obstacle, "keep");
  await flush("online");
  assert.equal(await waiting(), 0);
});

test("a server that asked for rest gets it, and only a button calls before the pause is over", async () => {
  const server = new Server().answers(status(503, undefined, { "Retry-After": "120" }));
  await save(1);
  const { again } = await flush("saved");
  assert.ok((again ?? 0) >= Date.now() + 119_000);
  for (const reason of ["timer", "saved", "online", "start", "background"] as const) await flush(reason);
  assert.equal(server.calls.length, 1);
  await flush("button");
  assert.equal(await waiting(), 0);
});

test("what may have arrived is sent again word for word", async () => {
  const server = new Server().answers(lost);
  await save(1);
  await flush("saved");
  await flush("button");
  assert.deepEqual(server.calls[0]?.changes, server.calls[1]?.changes);
});

test("401 keeps everything and asks to sign in, and nothing more is tried", async () => {
  const server = new Server().answers(status(401, "signed-out"));
  await save(2);
  assert.equal((await flush("saved")).obstacle, "ask-to-sign-in");
  assert.equal((await flush("button")).obstacle, "ask-to-sign-in");
  assert.equal(server.calls.length, 1);
  assert.equal(await waiting(), 2);
});

test("409 for another account keeps everything for its owner", async () => {
  new Server().answers(status(409, "wrong-account"));
  await save(2);
  assert.equal((await flush("saved")).obstacle, "keep-for-owner");
  assert.equal(await waiting(), 2);
});

test("another person’s changes are never sent under this account", async () => {
  const server = new Server();
  await save(2, NEIGHBOUR);
  const [mine] = await save(1);
  await flush("button");
  assert.deepEqual(server.ids, [mine]);
  assert.equal((await all(NEIGHBOUR)).length, 2);
  assert.ok(server.calls.every((call) => call.account === COACH));
});

test("what is too large for somebody on the way even alone waits, is tried again, and holds nothing up", async () => {
  const [large] = await save(1);
  const small = await save(2);
  const server = new Server();
  const refuse = (call: SyncCall): Response =>
    call.changes.some(({ id }) => id === large) ? status(413)() : applied(call);
  server.answers(...Array.from({ length: 12 }, () => refuse));
  const { obstacle, again } = await flush("saved");
  assert.deepEqual(
    (await all(COACH)).map(({ change, state }) => [change.id, state]),
    [[large, "waiting"]],
  );
  assert.deepEqual(
    server.ids
      .filter((id) => id !== large)
      .slice(-2)
      .sort(),
    small,
  );
  assert.equal(obstacle, "keep");
  assert.ok((again ?? 0) > Date.now());
  // What is saved next does not wait for it.
  const [next] = await save(1);
  await flush("saved");
  assert.ok(server.ids.includes(next ?? ""));
  assert.equal(await waiting(), 1);
});

test("413 halves the call until it fits", async () => {
  const server = new Server().answers(status(413), status(413));
  await save(8);
  await flush("saved");
  assert.deepEqual(
    server.calls.map((call) => call.changes.length),
    [8, 4, 2, 4, 2],
  );
  assert.equal(await waiting(), 0);
});

test("one change that makes every call fail is found, put before its person, and holds up nothing", async () => {
  const server = new Server();
  const ids = await save(9);
  const bad = ids[4];
  const picky = (call: SyncCall): Response =>
    call.changes.some((change) => change.id === bad) ? status(422, "malformed")() : applied(call);
  server.answers(...Array.from({ length: 30 }, () => picky));
  await flush("saved");
  assert.deepEqual(await standing(COACH), { waiting: 0, since: null, needsYou: 1, others: 0 });
  assert.equal((await all(COACH))[0]?.change.id, bad);
});

test("rejected and conflicting changes do not harm their neighbours", async () => {
  const ids = await save(3);
  new Server().answers((call) =>
    results(
      call.changes.map(({ id }) =>
        id === ids[1]
          ? { id, status: "rejected", revision: null, problem: { field: "place", detail: "Closed" }, current: null }
          : { id, status: "applied", revision: 5, problem: null, current: null },
      ),
    ),
  );
  assert.deepEqual(await flush("saved"), { waiting: 0, obstacle: null, again: null });
  assert.equal((await standing(COACH)).needsYou, 1);
});

test("a change of a change is sent after it, from the revision that it got", async () => {
  const first = listen();
  const server = new Server().answers(lost, (call) =>
    results(call.changes.map(({ id }) => ({ id, status: "applied", revision: 41, problem: null, current: null }))),
  );
  await add(COACH, first, NOON);
  await flush("saved");
  await add(COACH, { ...first, heard: ["action"] }, NOON);
  await flush("button");
  assert.deepEqual(
    server.calls.map((call) => call.changes.map((change) => change.base)),
    [[null], [null], [41]],
  );
  assert.equal(await waiting(), 0);
});

test("when sending succeeds again, the count of failures starts anew", async () => {
  new Server().answers(lost);
  await save(1);
  await flush("saved");
  await flush("button");
  assert.equal((await fact("pause"))?.tries, 0);
});

test("the phone’s clock is sent, and how far it is off is learnt", async () => {
  const server = new Server().answers((call) =>
    Response.json({
      clock: new Date(Date.now() - 3_600_000).toISOString(),
      results: call.changes.map(({ id }) => ({ id, status: "applied", revision: 1, problem: null, current: null })),
    }),
  );
  await save(1);
  await flush("saved");
  assert.ok(Math.abs(Date.parse(server.calls[0]?.clock ?? "") - Date.now()) < 5_000);
  assert.ok(Math.abs(((await fact("skew")) ?? 0) - 3_600_000) < 5_000);
});

test("while it is in doubt who is signed in, nothing is sent", async () => {
  const server = new Server();
  await save(1);
  await learn("signed_in", false);
  await flush("button");
  assert.equal(server.calls.length, 0);
});

test("a call names its schema", async () => {
  const server = new Server();
  await save(1);
  await flush("saved");
  assert.equal(server.calls[0]?.schema, SCHEMA);
});

test("what a server no longer reads is kept, and only the button asks again before the pause is over", async () => {
  const server = new Server().answers(status(422, "schema-too-old"));
  await save(2);
  assert.equal((await flush("saved")).obstacle, "update-first");
  for (const reason of ["timer", "saved", "online", "start", "background"] as const)
    assert.equal((await flush(reason)).obstacle, "update-first");
  assert.equal(server.calls.length, 1);
  assert.equal(await waiting(), 2);
  await flush("button");
  assert.equal(await waiting(), 0);
});

for (const [what, schema, tooOld] of [
  ["a later release does not wait because an earlier one was too old", SCHEMA - 1, true],
  ["an earlier release does not wait because a later one was too new", SCHEMA + 1, false],
] as const) {
  test(what, async () => {
    new Server();
    await save(1);
    await learn("pause", { tries: 4, until: Date.now() + 60_000, answered: true, refused: { schema, tooOld } });
    await flush("start");
    assert.equal(await waiting(), 0);
  });
}

test("what only a later release can send is said to need one", async () => {
  new Server();
  await save(1);
  await reach(async (database) => {
    for (const row of await database.getAll("outbox")) await database.put("outbox", { ...row, schema: SCHEMA + 1 });
  });
  assert.deepEqual(await flush("saved"), { waiting: 1, obstacle: "update-first", again: null });
});

test("Retry-After as a date is held against the server’s clock, not the phone’s", async () => {
  const anHourAgo = Date.now() - 3_600_000;
  const headers = {
    Date: new Date(anHourAgo).toUTCString(),
    "Retry-After": new Date(anHourAgo + 90_000).toUTCString(),
  };
  new Server().answers(status(503, undefined, headers));
  await save(1);
  const { again } = await flush("saved");
  assert.ok((again ?? 0) > Date.now() + 85_000);
  assert.ok((again ?? 0) < Date.now() + 95_000);
});

test("a pause from before the clock was set back silences nobody", async () => {
  new Server();
  await save(1);
  await learn("pause", { tries: 3, until: Date.now() + 86_400_000, answered: true });
  await flush("start");
  assert.equal(await waiting(), 0);
});

test("after calls that failed, smaller ones are tried, and they grow again", async () => {
  const server = new Server().answers(lost, lost, lost);
  await save(500);
  for (let tries = 0; tries < 4; tries += 1) await flush("button");
  assert.deepEqual(
    server.calls.map((call) => call.changes.length),
    [500, 250, 125, 62, 124, 248, 66],
  );
  assert.equal(await waiting(), 0);
});

test("one change on which the server stumbles is kept, and all others arrive", async () => {
  const server = new Server();
  const ids = await save(9);
  const stumble = (call: SyncCall): Response =>
    call.changes.some(({ id }) => id === ids[4]) ? status(500, "internal-server-error")() : applied(call);
  server.answers(...Array.from({ length: 99 }, () => stumble));
  for (let tries = 0; tries < 3; tries += 1) await flush("button");
  assert.deepEqual(
    (await all(COACH)).map(({ change, state }) => [change.id, state]),
    [[ids[4], "waiting"]],
  );
  assert.ok(((await flush("timer")).again ?? 0) > Date.now());
});

test("a server that stumbles on everything is asked a few times, and then left alone", async () => {
  const server = new Server().answers(...Array.from({ length: 99 }, () => status(500, "internal-server-error")));
  await save(20);
  await learn("pause", { tries: 9, until: 0, answered: true });
  await flush("saved");
  assert.equal(server.calls.length, 13);
  await flush("button");
  assert.equal(server.calls.length, 26, "no more in the next");
  assert.equal(await waiting(), 20);
});
