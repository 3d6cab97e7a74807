import { deepEqual, equal } from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { reach, type Seen, write } from "../../static/src/database";
import { learn } from "../../static/src/facts";
import { forget, forgetOtherSchools } from "../../static/src/kept";
import { farewell } from "../../static/src/presence";
import { keepSeen, lastSeen } from "../../static/src/seen";
import type { Role, SchoolOfMine } from "../../static/src/wire";
import { COACH, freshDevice, NEIGHBOUR, NOON, SCHOOL } from "./world";

const OTHER_SCHOOL = "01936b5e-7c00-7000-8000-00000000000f";

const seen = (more: Partial<Seen> = {}): Seen => ({
  account: COACH,
  what: "heatmap",
  school: SCHOOL,
  read_at: NOON,
  title: "Where we hear it",
  page: { tag: "div", attributes: {}, children: ["Library"] },
  ...more,
});

const school = (role: Role, id = SCHOOL): SchoolOfMine => ({ id, name: "Our School", role, timezone: "UTC" });

async function signedIn(account: string, ...schools: SchoolOfMine[]): Promise<void> {
  await learn("session", { account, name: "Coach", schools });
  await learn("signed_in", true);
}

async function kept(): Promise<string[]> {
  return (await reach((database) => database.getAll("seen"))).map(({ account }) => account);
}

beforeEach(async () => {
  await freshDevice();
  await signedIn(COACH, school("observer"));
});

test("what was seen last is shown to who saw it", async () => {
  deepEqual(await lastSeen("heatmap"), { is: "never" });
  equal(await keepSeen(seen()), true);
  equal(await keepSeen(seen({ title: "When we hear it" })), true);
  deepEqual(await lastSeen("heatmap"), { is: "seen", seen: seen({ title: "When we hear it" }) });
});

test("nothing is kept of who is not surely signed in here, or may not see it", async () => {
  equal(await keepSeen(seen({ account: NEIGHBOUR })), false);
  equal(await keepSeen(seen({ school: OTHER_SCHOOL })), false);
  await signedIn(COACH, school("staff"));
  equal(await keepSeen(seen()), false);
  await signedIn(COACH, school("observer"));
  await learn("signed_in", false);
  equal(await keepSeen(seen()), false);
  await farewell(COACH);
  equal(await keepSeen(seen()), false);
  deepEqual(await kept(), []);
});

test("it is shown to nobody else, nor while it is in doubt who is there", async () => {
  await keepSeen(seen());
  await learn("signed_in", false);
  deepEqual(await lastSeen("heatmap"), { is: "signed-out" });
  await signedIn(NEIGHBOUR, school("observer"));
  deepEqual(await lastSeen("heatmap"), { is: "never" });
  await signedIn(COACH, school("staff"));
  deepEqual(await lastSeen("heatmap"), { is: "never" });
  await signedIn(COACH, school("observer", OTHER_SCHOOL));
  deepEqual(await lastSeen("heatmap"), { is: "never" });
  await farewell(COACH);
  deepEqual(await lastSeen("heatmap"), { is: "signed-out" });
});

test("it goes with the person, and with the role", async () => {
  await keepSeen(seen());
  await signedIn(NEIGHBOUR, school("observer"));
  await keepSeen(seen({ account: NEIGHBOUR }));
  await write(["observations", "setup", "seen", "meta"], (transaction) => forget(transaction, COACH));
  deepEqual(await kept(), [NEIGHBOUR]);
  await forgetOtherSchools(NEIGHBOUR, [school("observer")]);
  deepEqual(await kept(), [NEIGHBOUR]);
  await forgetOtherSchools(NEIGHBOUR, [school("observer", OTHER_SCHOOL)]);
  deepEqual(await kept(), []);
});
