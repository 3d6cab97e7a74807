import type { Result, Status, SyncAnswer } from "./wire";

/** What to do after a call. */
export type Advice =
  /** What the answer names leaves the outbox, or needs the person. */
  | "settle"
  /** Nothing is known to have arrived: keep it all and try later. */
  | "keep"
  /** Keep it all; the person must sign in before it can go. */
  | "ask-to-sign-in"
  /** Keep it all for its owner: another account is signed in, or this one may not write here. */
  | "keep-for-owner"
  /** Keep it all and send half as much. */
  | "send-fewer"
  /** Keep it all and try later; if it was one change alone, it may be on this one that the server stumbles. */
  | "try-others"
  /** Keep it all; this version of the app is too old for the server. */
  | "update-first";

const STATUSES: readonly string[] = ["applied", "unchanged", "conflict", "rejected"] satisfies Status[];

/**
 * What an HTTP status means for what was sent.
 *
 * @param status null when there was no answer at all
 * @param answer null unless the body was whole, JSON, and of our shape (SYNC-2)
 * @param problem the last part of the problem's `type`, when there was one
 */
export function advise(status: number | null, answer: SyncAnswer | null, problem: string | null = null): Advice {
  if (status === 200 && answer !== null) return "settle";
  if (status === 401) return "ask-to-sign-in";
  // A proxy in front may say this too, and means the same.
  if (status === 413) return "send-fewer";
  // A captive portal or a filter may answer anything at all; only our own problems are about these changes.
  if (problem === null) return "keep";
  if (problem === "schema-too-old") return "update-first";
  if (status === 403 || status === 409) return "keep-for-owner";
  if (status === 400 || status === 422) return "send-fewer";
  if (status === 500) return "try-others";
  return "keep";
}

/** The answer that a body holds, or null if it is none of ours. Results that cannot be read are left out. */
export function readAnswer(body: unknown): SyncAnswer | null {
  if (!isRecord(body) || typeof body["clock"] !== "string" || !Array.isArray(body["results"])) return null;
  return { clock: body["clock"], results: body["results"].filter(isResult) };
}

/** The last part of a problem's `type` (`/problems/signed-out` → `signed-out`), or null (RFC 9457). */
export function readProblem(body: unknown): string | null {
  if (!isRecord(body) || typeof body["type"] !== "string") return null;
  return body["type"].match(/\/problems\/([a-z-]+)$/)?.[1] ?? null;
}

/** Whether something is an object with named fields. */
export function isRecord(thing: unknown): thing is Record<string, unknown> {
  return typeof thing === "object" && thing !== null && !Array.isArray(thing);
}

function isResult(thing: unknown): thing is Result {
  if (!isRecord(thing) || typeof thing["id"] !== "string") return false;
  if (typeof thing["status"] !== "string" || !STATUSES.includes(thing["status"])) return false;
  // Stored, but under no revision, is no answer of ours: a later edit could not say where it began.
  const stored = thing["status"] === "applied" || thing["status"] === "unchanged";
  return !stored || typeof thing["revision"] === "number";
}
