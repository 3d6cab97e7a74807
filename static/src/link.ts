import { isRecord, readProblem } from "./answers";
import { asked } from "./backoff";

/** How long a call may take, its answer read to the end, in milliseconds. */
const LONGEST_CALL = 15_000;

/** What came back from a call. */
export interface Reply {
  /** Null when nothing came back in time. */
  status: number | null;
  /** The body, or null unless it was whole and JSON. */
  body: unknown;
  /** The last part of the problem's `type`, if it was one of ours. */
  problem: string | null;
  /** What `Retry-After` asked for, in milliseconds. */
  retryAfter: number | null;
}

const NOTHING: Reply = { status: null, body: null, problem: null, retryAfter: null };

/** Calls the API, with JSON where there is any. Never throws: no answer is a reply too. */
export async function call(method: "GET" | "POST" | "DELETE", address: string, json?: string): Promise<Reply> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LONGEST_CALL);
  try {
    // A redirect is never ours: API calls do not redirect, captive portals do.
    const answer = await fetch(address, {
      method,
      ...(json !== undefined && { body: json, headers: { "Content-Type": "application/json" } }),
      cache: "no-store",
      credentials: "same-origin",
      redirect: "error",
      signal: stop.signal,
    });
    const text = await answer.text();
    return understand(answer, text);
  } catch {
    return NOTHING;
  } finally {
    clearTimeout(timer);
  }
}

function understand(answer: Response, text: string): Reply {
  const { headers } = answer;
  const body = parse(headers.get("Content-Type"), text);
  return {
    status: answer.status,
    body,
    problem: isRecord(body) ? readProblem(body) : null,
    // A date that the server names is to be held against its own clock; the phone's may be an hour off.
    retryAfter: asked(headers.get("Retry-After"), Date.parse(headers.get("Date") ?? "") || Date.now()),
  };
}

function parse(type: string | null, text: string): unknown {
  if (type === null || !/^application\/(problem\+)?json\b/.test(type)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
