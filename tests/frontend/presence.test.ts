import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fact } from "../../static/src/facts";
import { ownListens } from "../../static/src/kept";
import { all, standing } from "../../static/src/outbox";
import { ended, farewell, farewells, welcome } from "../../static/src/presence";
import { pull } from "../../static/src/pull";
import { flush } from "../../static/src/sync";
import { newDevice, pages } from "./phones";
import { applied, COACH, freshDevice, listen, lost, NEIGHBOUR, NOON, Server, save, status } from "./world";

beforeEach(freshDevice);

test("401 because the account is closed is told apart, until somebody is signed in again", async () => {
  new Server().answers(status(401, "account-closed"));
  await save(1);
  assert.equal((await flush("saved")).obstacle, "ask-to-sign-in");
  assert.equal(await fact("closed"), true);
  assert.equal((await standing(COACH)).waiting, 1);
  await welcome({ account: COACH, name: "Coach", schools: [] }, await farewells());
  assert.equal(await fact("closed"), false);
});

/** Signs in, as another page of this device does it. */
async function signIn(account: string): Promise<void> {
  assert.equal(await welcome({ account, name: "Somebody", schools: [] }, await farewells()), true);
}

test("SYNC-5: who signs out while a call is on its way sends nothing more, and leaves nothing behind", async () => {
  const server = new Server().answers(async (call) => {
    await farewell(COACH);
    return applied(call);
  });
  await save(501);
  assert.equal((await flush("saved")).obstacle, "ask-to-sign-in");
  assert.equal(server.calls.length, 1);
  assert.equal((await all(COACH)).length, 1, "what arrived has left, what was not sent stays");
  assert.equal((await ownListens(COACH, 999)).filter(({ sent }) => sent).length, 0, "nothing was kept of it");
});

test("SYNC-5: when another person signs in while a call is on its way, each one’s changes go as their own", async () => {
  const server = new Server().answers(async () => {
    await farewell(COACH);
    await signIn(NEIGHBOUR);
    return status(409, "wrong-account")();
  });
  const [mine] = await save(1);
  const [theirs] = await save(1, NEIGHBOUR);
  await flush("saved");
  await flush("start");
  assert.deepEqual(
    server.calls.map(({ account, changes }) => [account, changes.map(({ id }) => id)]),
    [
      [COACH, [mine]],
      [NEIGHBOUR, [theirs]],
    ],
  );
  assert.equal(await fact("signed_in"), true, "the refusal was not about who came since");
  assert.equal((await all(COACH)).length, 1);
});

test("whoever takes over between two calls is sent for in the same flush", async () => {
  const server = new Server().answers(async (call) => {
    await signIn(NEIGHBOUR);
    return applied(call);
  });
  await save(501);
  const [theirs] = await save(1, NEIGHBOUR);
  await flush("saved");
  assert.deepEqual(
    server.calls.at(-1)?.changes.map(({ id }) => id),
    [theirs],
  );
  assert.equal(server.calls.at(-1)?.account, NEIGHBOUR);
  assert.equal((await all(COACH)).length, 1);
});

test("a sign-out is not undone by an answer that was asked for before it", async () => {
  const asked = await farewells();
  await farewell(COACH);
  assert.equal(await welcome({ account: COACH, name: "Coach", schools: [] }, asked), false);
  assert.equal(await fact("session"), undefined);
  assert.equal(await fact("signed_in"), false);
});

test("a second tab sends only after the first, and nothing twice", async () => {
  const server = new Server();
  const [open, device] = [await pages(), newDevice()];
  const [first, second] = [open(device, globalThis.fetch), open(device, globalThis.fetch)];
  await first.learn("session", { account: COACH, name: "Coach", schools: [] });
  await first.learn("signed_in", true);
  const said = [listen(), listen()];
  for (const change of said) await second.add(COACH, change, NOON);
  await Promise.all([first.flush("saved"), second.flush("saved")]);
  assert.deepEqual(
    server.ids,
    said.map(({ id }) => id),
  );
});

/** A server that is asked for more than to sync; what it was asked. */
function asked(answer: () => Response | Promise<Response>): string[] {
  const calls: string[] = [];
  globalThis.fetch = async (address, how) => {
    calls.push(`${how?.method} ${address}`);
    return answer();
  };
  return calls;
}

const END = `DELETE /api/v1/session?account=${COACH}`;
const STILL_HOLDS: [string, () => Response | Promise<Response>][] = [
  ["no network", lost],
  ["a captive portal’s page", status(200)],
  ["a proxy that asks for a password", status(401)],
  ["503", status(503, "try-again")],
];

for (const [what, answer] of STILL_HOLDS) {
  test(`SYNC-5: after ${what}, who left this device is still to be ended, and nothing else is asked or sent`, async () => {
    await save(1);
    await farewell(COACH);
    const calls = asked(answer);
    assert.equal(await pull(), false);
    assert.equal((await flush("button")).obstacle, "ask-to-sign-in");
    assert.deepEqual(calls, [END]);
    assert.equal(await fact("ending"), COACH);
  });
}

const IS_OVER: [string, () => Response][] = [
  ["it is ended", () => new Response(null, { status: 204 })],
  ["it was over already", status(401, "signed-out")],
  ["somebody else has signed in since", status(409, "wrong-account")],
];

for (const [what, answer] of IS_OVER) {
  test(`once the server says that ${what}, it is not asked again`, async () => {
    await farewell(COACH);
    const calls = asked(answer);
    assert.deepEqual(await Promise.all([ended(), ended()]), [true, true]);
    assert.deepEqual(calls, [END]);
  });
}

test("where nobody left, nobody is asked", async () => {
  const calls = asked(lost);
  assert.equal(await ended(), true);
  assert.deepEqual(calls, []);
});
