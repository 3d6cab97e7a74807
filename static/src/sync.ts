import { type Advice, advise, readAnswer } from "./answers";
import { isOver, pause } from "./backoff";
import { cut, MOST_CHANGES, size } from "./batches";
import { tell } from "./channel";
import type { Pause, Row } from "./database";
import { device, fact, learn } from "./facts";
import { handOver } from "./handover";
import { instant } from "./instants";
import { call as ask, type Reply } from "./link";
import { standing } from "./outbox";
import { putBefore, settle, take } from "./outgoing";
import { doubt, whoIsHere } from "./presence";
import { SCHEMA } from "./rows";
import type { SyncAnswer, SyncCall, Uuid } from "./wire";

/** Why a flush was asked for. */
export type Reason = "saved" | "start" | "online" | "visible" | "timer" | "button" | "background";

/** What can stand in the way of sending. */
export type Obstacle = Exclude<Advice, "settle" | "send-fewer" | "try-others">;

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

/** If more wait, the worker sends them, so that the page can answer taps meanwhile. */
const MANY = 200;

/** So often the server may fail before it is asked on which of the changes it stumbles… */
const PATIENCE = 2;
/** … and so often it may stumble in one flush then: after more, it is the server that is ill. */
const MOST_STUMBLES = 12;

let running: Promise<Outcome> | null = null;
let onceMore = false;

/**
 * Sends what waits, for the account that is signed in. Page and worker share it: one at a time on this device
 * (a Web Lock), and what is saved while it runs is sent before it ends. It never drops anything unsent.
 *
 * @param begun called when it is this one's turn
 */
export function flush(reason: Reason, begun: () => void = () => undefined): Promise<Outcome> {
  if (running !== null) {
    onceMore = true;
    begun();
    return running;
  }
  onceMore = false;
  running = sendInTurn(reason, begun).finally(() => {
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

async function sendInTurn(reason: Reason, begun: () => void): Promise<Outcome> {
  const { waiting } = await standing(await whoIsHere());
  // What the worker could not send is not called for again at once; a worker that was stopped left its turn to us.
  const mine = waiting > MANY && (await handOver(reason)) ? "timer" : reason;
  return alone(() => {
    begun();
    return sendAll(mine);
  });
}

async function sendAll(reason: Reason): Promise<Outcome> {
  const obstacle = (await hindrance(reason)) ?? (await sendWhileSaved());
  if (obstacle === "update-first") tell("outdated");
  const { waiting } = await standing((await fact("session"))?.account ?? null);
  const until = (await fact("pause"))?.until ?? 0;
  return { waiting, obstacle, again: obstacle === "keep" && waiting > 0 ? until : null };
}

/** What is known to stand in the way before anything is sent. */
async function hindrance(reason: Reason): Promise<Obstacle | null> {
  if ((await whoIsHere()) === null) return "ask-to-sign-in";
  const held = await fact("pause");
  if (held === undefined || isOver(held.until, Date.now()) || reason === "button") return null;
  if (held.refused !== undefined && held.refused.schema !== SCHEMA) return null;
  if (held.refused?.tooOld) return "update-first";
  // A server that asked for rest gets it. Where nothing answered, a network that is back is worth a try.
  return held.answered || reason === "timer" ? "keep" : null;
}

async function sendWhileSaved(): Promise<Obstacle | null> {
  let obstacle: Obstacle | null;
  do {
    onceMore = false;
    const account = await whoIsHere();
    obstacle = account === null ? "ask-to-sign-in" : await sendThrough(account);
  } while (onceMore && obstacle === null);
  return obstacle;
}

/** Where a flush has come to. */
interface Course {
  /** The last row that was dealt with. */
  seq: number;
  /** How many changes the next call may carry. */
  most: number;
  /** How many changes left the outbox in this round. */
  left: number;
  /** How often the server may still stumble. */
  stumbles: number;
  /** Whether something is left that was passed over, and something that only a later release can send. */
  passed: boolean;
  later: boolean;
}

/** Sends call after call, oldest first, until nothing more can be sent or something stands in the way. */
async function sendThrough(account: Uuid): Promise<Obstacle | null> {
  const envelope: SyncCall = { device: await device(), account, clock: instant(0), schema: SCHEMA, changes: [] };
  const around = size(envelope);
  const course = await setOut();
  // Whoever signs out stops it between two calls; so does somebody else who signs in, whose own turn it is then.
  while ((await whoIsHere()) === account) {
    const { rows, through, later } = await take(account, course.seq, course.most, (ready) => cutRows(ready, around));
    course.later ||= later;
    if (through === null && course.left === 0) return stuck(course);
    // What followed a change that has now left can be sent in its turn.
    if (through === null) Object.assign(course, { seq: 0, left: 0 });
    else {
      const obstacle = goOn(course, rows.length === 0 ? 0 : await send(envelope, rows), rows.length, through);
      if (obstacle !== null) return obstacle;
    }
  }
  onceMore = true;
  return null;
}

/** Goes on after a call with `count` changes, up to row `through`; or says what stands in the way. */
function goOn(course: Course, sent: Sent, count: number, through: number): Obstacle | null {
  if (typeof sent === "number") {
    course.left += sent;
    course.most = Math.min(MOST_CHANGES, course.most * 2);
  } else if (sent === "try-others") {
    course.stumbles -= 1;
    course.passed = true;
    if (course.stumbles < 0) return "keep";
  } else if (sent === "too-large") {
    course.passed = true;
  } else if (sent !== "send-fewer") {
    return sent;
  }
  const halve = typeof sent !== "number" && count > 1;
  if (halve) course.most = Math.ceil(count / 2);
  else course.seq = through;
  return null;
}

/** What stands in the way of what is still there when all was tried. */
function stuck({ passed, later }: Course): Obstacle | null {
  if (passed) return "keep";
  return later ? "update-first" : null;
}

/** After failures a smaller call is tried: it may be its length that does not get through, or one change in it. */
async function setOut(): Promise<Course> {
  const tries = (await fact("pause"))?.tries ?? 0;
  const most = Math.max(1, MOST_CHANGES >> Math.min(tries, 9));
  return { seq: 0, most, left: 0, stumbles: tries < PATIENCE ? 0 : MOST_STUMBLES, passed: false, later: false };
}

/** How many changes of a call left the outbox, or what stands in the way. */
type Sent = number | Exclude<Advice, "settle"> | "too-large";

async function send(envelope: SyncCall, rows: readonly Row[]): Promise<Sent> {
  tell("sending");
  const call: SyncCall = { ...envelope, clock: instant(Date.now()), changes: rows.map((row) => row.change) };
  const reply = await ask("POST", ADDRESS, JSON.stringify(call));
  const answer = readAnswer(reply.body);
  const advice = advise(reply.status, answer, reply.problem);
  const left = advice === "settle" && answer !== null ? await takeIn(envelope.account, rows, answer) : null;
  if (left !== null) return left;
  if (advice === "ask-to-sign-in" || advice === "keep-for-owner") await doubt(envelope.account, reply.problem);
  else if (advice === "send-fewer") return singleOut(rows, reply);
  else await holdBack(reply);
  return advice === "settle" ? "keep" : advice;
}

/** How many changes left; null for an answer that names none of them: to ask again at once would go round in circles. */
async function takeIn(account: Uuid, rows: readonly Row[], answer: SyncAnswer): Promise<number | null> {
  const said = Date.parse(answer.clock);
  if (!Number.isNaN(said)) await learn("skew", Date.now() - said);
  const { left, named } = await settle(account, rows, answer.results);
  if (named === 0) return null;
  await learn("pause", { tries: 0, until: 0, answered: true });
  return left;
}

/** A change that the server refuses even when it is sent alone must not hold up the others. */
async function singleOut(rows: readonly Row[], reply: Reply): Promise<Sent> {
  const [row] = rows;
  if (rows.length > 1 || row === undefined) return "send-fewer";
  if (reply.status === 413) {
    // Its person can do nothing about it. It is tried again as after no answer: what is saved next need not wait for it.
    await holdBack({ ...reply, status: null });
    return "too-large";
  }
  await putBefore(row, { is: "refused" });
  return "send-fewer";
}

async function holdBack({ status, retryAfter, problem }: Omit<Reply, "body">): Promise<void> {
  const tries = ((await fact("pause"))?.tries ?? 0) + 1;
  const rest: Pause = { tries, until: Date.now() + pause(tries, retryAfter), answered: status !== null };
  const tooOld = problem === "schema-too-old";
  const unread = tooOld || problem === "schema-too-new";
  await learn("pause", unread ? { ...rest, refused: { schema: SCHEMA, tooOld } } : rest);
}

/** The beginning of the rows whose changes fit into one call. */
function cutRows(rows: readonly Row[], around: number): Row[] {
  const changes = rows.map((row) => row.change);
  return rows.slice(0, cut(changes, around).length);
}
