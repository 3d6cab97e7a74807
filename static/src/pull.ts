import { isRecord } from "./answers";
import { tell } from "./channel";
import { fact } from "./facts";
import { forgetOtherSchools, keepFeed, keepSetup, tidy } from "./kept";
import { call, type Reply } from "./link";
import { doubt, ended, farewells, welcome } from "./presence";
import { alone } from "./sync";
import type { Feed, SchoolOfMine, Session, Setup, Uuid } from "./wire";

const PAGE = 200;

let running: Promise<boolean> | null = null;

/**
 * Learns who is signed in, then reads what changed: each school's setup, and the person's own observations.
 * Nothing is lost or forgotten when the server cannot be reached. True when somebody is signed in.
 */
export function pull(): Promise<boolean> {
  running ??= readAll().finally(() => {
    running = null;
    tell("changed");
  });
  return running;
}

async function readAll(): Promise<boolean> {
  const session = await meet();
  if (session === null) return false;
  const schools = session.schools.filter(mayRecord);
  await forgetOtherSchools(session.account, schools);
  for (const school of schools) {
    await alone(() => readSetup(session.account, school));
    // One page at a time, so that a listen-in saved meanwhile is not kept waiting.
    while (await alone(() => readPage(session.account, school.id)));
  }
  await tidy(session.account);
  return true;
}

/** Learns who is signed in; null when nobody is, or when it cannot be known now. */
async function meet(): Promise<Session | null> {
  if (!(await ended())) return null;
  const [before, asked] = [await fact("session"), await farewells()];
  const { status, body, problem } = await call("GET", "/api/v1/session");
  if (status === 401) await doubt(before?.account, problem);
  if (status !== 200 || !isSession(body)) return null;
  return (await welcome(body, asked)) ? body : null;
}

/** Whether this person records in this school. */
export function mayRecord(school: SchoolOfMine): boolean {
  return school.role === "admin" || school.role === "observer";
}

async function readSetup(account: Uuid, school: SchoolOfMine): Promise<void> {
  const { status, body } = await call("GET", `/api/v1/schools/${school.id}/setup`);
  if (status === 200 && isSetup(body)) await keepSetup(account, school, body, Date.now());
}

/** Reads one page of the feed; true when there is another. A cursor that grew too old leads back to the beginning. */
async function readPage(account: Uuid, school: Uuid): Promise<boolean> {
  const known = await fact(`cursor ${account} ${school}`);
  let since = known;
  let { status, body } = await askFeed(school, since);
  if (status === 410 && since !== undefined) {
    since = undefined;
    ({ status, body } = await askFeed(school, since));
  }
  if (status !== 200 || !isFeed(body)) return false;
  await keepFeed(account, school, body, since === undefined);
  return body.more && body.cursor !== known;
}

function askFeed(school: Uuid, since: string | number | undefined): Promise<Reply> {
  const asked = new URLSearchParams({ school, mine: "true", limit: String(PAGE) });
  if (since !== undefined) asked.set("since", String(since));
  return call("GET", `/api/v1/changes?${asked}`);
}

function isSession(body: unknown): body is Session {
  return isRecord(body) && typeof body["account"] === "string" && Array.isArray(body["schools"]);
}

function isSetup(body: unknown): body is Setup {
  return isRecord(body) && typeof body["timezone"] === "string" && Array.isArray(body["places"]);
}

function isFeed(body: unknown): body is Feed {
  return isRecord(body) && Array.isArray(body["changes"]) && body["cursor"] !== undefined;
}
