import { type Advice, advise, readAnswer } from "./answers";
import { pause } from "./backoff";
import { cut, MOST_CHANGES, size } from "./batches";
import { tell } from "./channel";
import type { Row } from "./database";
import { device, fact, learn } from "./facts";
import { instant } from "./instants";
import { post, type Reply } from "./link";
import { standing } from "./outbox";
import { putBefore, settle, take } from "./outgoing";
import type { SyncAnswer, SyncCall, Uuid } from "./wire";

/** Why a flush was asked for. */
export type Reason = "saved" | "start" | "online" | "visible" | "timer" | "button" | "background";

/** What can stand in the way of sending. */
export type Obstacle = Exclude<Advice, "settle" | "send-fewer">;

/** How a flush ended. */
export interface Outcome {
  /** How many changes still wait. */
  waiting: number;
  /** What stands in the way; null if everything was tried. */
  obstacle: Obstacle | null;
  /** When to try again, in milliseconds since 1970; null when nothing waits or only the person can help. */
  again: number | null;
}

const LOCK = "listen-in-sync";
const ADDRESS = "/api/v1/sync";

let running: Promise<Outcome> | null = null;
let onceMore = false;

/**
 * Sends what waits, for the account that is signed in. Page and worker share it: one at a time on this device
 * (a Web Lock), and what is saved while it runs is sent before it ends. It never drops anything unsent.
 */
export function flush(reason: Reason): Promise<Outcome> {
  if (running !== null) {
    onceMore = true;
    return running;
  }
  onceMore = false;
  running = alone(() => sendAll(reason)).finally(() => {
    running = null;
    tell("changed");
    // Asked for after the last look at the outbox: nobody else would come for it.
    if (onceMore) void flush(reason);
  });
  return running;
}

/** Does something while no other page or worker of this device talks to the server. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(LOCK, work);
}

async function sendAll(reason: Reason): Promise<Outcome> {
  const account = (await fact("session"))?.account;
  if (account === undefined) return { waiting: 0, obstacle: "ask-to-sign-in", again: null };
  const obstacle = (await hindrance(reason)) ?? (await sendWhileSaved(account));
  const { waiting } = await standing(account);
  const until = (await fact("pause"))?.until ?? 0;
  return { waiting, obstacle, again: obstacle === "keep" && waiting > 0 ? until : null };
}

/** What is known to stand in the way before anything is sent. */
async function hindrance(reason: Reason): Promise<Obstacle | null> {
  if ((await fact("signed_in")) !== true) return "ask-to-sign-in";
  const held = await fact("pause");
  if (held === undefined || held.until <= Date.now() || reason === "button") return null;
  // A server that asked for rest gets it. Where nothing answered, a network that is back is worth a try.
  return held.answered || reason === "timer" ? "keep" : null;
}

async function sendWhileSaved(account: Uuid): Promise<Obstacle | null> {
  let obstacle: Obstacle | null;
  do {
    onceMore = false;
    obstacle = await sendThrough(account);
  } while (onceMore && obstacle === null);
  return obstacle;
}

/** Sends call after call, oldest first, until nothing more can be sent or something stands in the way. */
async function sendThrough(account: Uuid): Promise<Obstacle | null> {
  const envelope: SyncCall = { device: await device(), account, clock: instant(Date.now()), changes: [] };
  let most = MOST_CHANGES;
  let left = 0;
  for (let seq = 0; ; ) {
    const { rows, through } = await take(account, seq, most, (ready) => cutRows(ready, size(envelope)));
    if (through === null) {
      // What followed a change that has now left can be sent in its turn.
      if (left === 0) return null;
      [seq, left] = [0, 0];
      continue;
    }
    const sent = rows.length === 0 ? 0 : await send(envelope, rows);
    if (typeof sent === "number") {
      [seq, left, most] = [through, left + sent, Math.min(MOST_CHANGES, most * 2)];
    } else if (sent !== "send-fewer") {
      return sent;
    } else if (rows.length > 1) {
      most = Math.ceil(rows.length / 2);
    } else {
      seq = through;
    }
  }
}

/** Makes one call. How many changes left the outbox, or what stands in the way. */
async function send(envelope: SyncCall, rows: readonly Row[]): Promise<number | Obstacle | "send-fewer"> {
  tell("sending");
  const call: SyncCall = { ...envelope, clock: instant(Date.now()), changes: rows.map((row) => row.change) };
  const reply = await post(ADDRESS, JSON.stringify(call));
  const answer = readAnswer(reply.body);
  const advice = advise(reply.status, answer, reply.problem);
  if (advice === "settle" && answer !== null) return takeIn(envelope.account, rows, answer);
  if (advice === "ask-to-sign-in" || advice === "keep-for-owner") await learn("signed_in", false);
  else if (advice === "send-fewer") await singleOut(rows, reply);
  else await holdBack(reply.status !== null, reply.retryAfter);
  return advice === "settle" ? "keep" : advice;
}

async function takeIn(account: Uuid, rows: readonly Row[], answer: SyncAnswer): Promise<number | "keep"> {
  const said = Date.parse(answer.clock);
  if (!Number.isNaN(said)) await learn("skew", Date.now() - said);
  const { left, named } = await settle(account, rows, answer.results);
  // An answer that names none of them says nothing; asking again at once would only go round in circles.
  if (named === 0) return holdBack(true, null);
  await learn("pause", { tries: 0, until: 0, answered: true });
  return left;
}

/** A change that the server refuses even when it is sent alone must not hold up the others. */
async function singleOut(rows: readonly Row[], reply: Reply): Promise<void> {
  const [row] = rows;
  if (rows.length === 1 && row !== undefined && reply.status !== 413) await putBefore(row, { is: "refused" });
}

async function holdBack(answered: boolean, retryAfter: number | null): Promise<"keep"> {
  const tries = ((await fact("pause"))?.tries ?? 0) + 1;
  await learn("pause", { tries, until: Date.now() + pause(tries, retryAfter), answered });
  return "keep";
}

/** The beginning of the rows whose changes fit into one call. */
function cutRows(rows: readonly Row[], around: number): Row[] {
  return rows.slice(
    0,
    cut(
      rows.map((row) => row.change),
      around,
    ).length,
  );
}
