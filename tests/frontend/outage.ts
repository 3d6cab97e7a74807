import { createInterface } from "node:readline";
import { newDevice, type Phone, pages } from "./phones";
import { listen } from "./world";

// Many phones and one server that was away, as a program. It reads a plan, one line of JSON; says when everything is
// saved and has been tried in vain; waits for one more line, when the server is back; and says how all got through.
// Each phone runs the code that phones run, with a database of its own; what browsers do besides (the events that ask for
// a flush, and the timer that a page sets) is done here as static/src/pages/app.ts does it.

/** One phone: whose it is, and with which cookie. */
interface Owner {
  account: string;
  cookie: string;
}

interface Plan {
  url: string;
  school: string;
  place: string;
  phones: Owner[];
  /** How many listen-ins wait on each. */
  each: number;
  /** Whether all hear at the same moment that there is a network again, or each comes by its own clock. */
  together: boolean;
  /** Milliseconds since 1970: when to give up. */
  until: number;
}

interface Call {
  /** Seconds since the server was back. */
  at: number;
  status: number | null;
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plan = JSON.parse((await lines.next()).value) as Plan;
const calls: Call[] = [];
let back = Number.POSITIVE_INFINITY;

/** The network of one phone: its cookie goes along, and each call is noted. */
function network({ cookie }: Owner): typeof fetch {
  return async (address, how) => {
    const call: Call = { at: (Date.now() - back) / 1_000, status: null };
    calls.push(call);
    const answer = await fetch(new URL(String(address), plan.url), { ...how, headers: { ...how?.headers, cookie } });
    call.status = answer.status;
    return answer;
  };
}

const open = await pages();
const phones = plan.phones.map((owner) => ({ owner, phone: open(newDevice(), network(owner)) }));

async function record({ owner, phone }: (typeof phones)[number]): Promise<void> {
  await phone.learn("session", { account: owner.account, name: "Somebody", schools: [] });
  await phone.learn("signed_in", true);
  const { school, place } = plan;
  for (let nth = 0; nth < plan.each; nth += 1) {
    const said = listen({ school, place, observed_at: new Date().toISOString() });
    await phone.add(owner.account, said, Date.now());
    await phone.flush("saved");
  }
}

/** Comes again by the timer that a page sets, until nothing waits. */
async function getThrough(phone: Phone): Promise<void> {
  if (plan.together) await phone.flush("online");
  for (;;) {
    const { until } = (await phone.fact("pause")) ?? { until: 0 };
    await new Promise((go) => setTimeout(go, Math.max(0, until - Date.now())));
    const { waiting } = await phone.flush("timer");
    if (waiting === 0 || Date.now() > plan.until) return;
  }
}

await Promise.all(phones.map(record));
const tried = calls.length;
calls.length = 0;
process.stdout.write(`${JSON.stringify({ tried })}\n`);
await lines.next();
back = Date.now();
await Promise.all(phones.map(({ phone }) => getThrough(phone)));
const took = (Date.now() - back) / 1_000;
const waiting = await Promise.all(
  phones.map(async ({ owner, phone }) => (await phone.standing(owner.account)).waiting),
);
process.stdout.write(`${JSON.stringify({ took, waiting: waiting.filter((count) => count > 0), calls })}\n`);
process.exit(0);
