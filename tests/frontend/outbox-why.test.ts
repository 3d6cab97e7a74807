import assert from "node:assert/strict";
import { test } from "node:test";
import { type Circumstances, type Why, why } from "../../static/src/pages/outbox-why";

const WAITING: Circumstances = {
  known: true,
  standing: { waiting: 2, since: 0, needsYou: 0, others: 0 },
  signedIn: true,
  closed: false,
  sending: false,
  outdated: false,
  pause: undefined,
  onLine: true,
  now: 1_000,
};
const FAILED = { tries: 1, until: 5_000, answered: false };

const CASES: [string, Partial<Circumstances>, Why | null][] = [
  ["nothing waits", { standing: { waiting: 0, since: null, needsYou: 0, others: 3 } }, null],
  ["nothing stands in the way", {}, "soon"],
  ["it is being sent", { sending: true }, "sending"],
  ["the phone says it has no network", { onLine: false }, "offline"],
  ["a call had no answer", { pause: FAILED }, "no_answer"],
  ["a call had no answer, and the phone has no network", { pause: FAILED, onLine: false }, "offline"],
  [
    "the server asked for rest, whatever the phone says",
    { pause: { ...FAILED, answered: true }, onLine: false },
    "resting",
  ],
  ["the rest is over", { pause: { ...FAILED, answered: true }, now: 5_000 }, "soon"],
  ["the sign-in ended", { signedIn: false, pause: FAILED }, "sign_in"],
  ["the account is closed", { signedIn: false, closed: true }, "closed"],
  ["the app is too old", { outdated: true }, "update"],
  ["all of it needs the person", { standing: { waiting: 0, since: null, needsYou: 1, others: 0 } }, "needs_you"],
  [
    "it is somebody else’s",
    { known: false, standing: { waiting: 0, since: null, needsYou: 0, others: 1 } },
    "signed_out",
  ],
  [
    "it is nobody’s and nothing waits",
    { known: false, standing: { waiting: 0, since: null, needsYou: 0, others: 0 } },
    null,
  ],
];

for (const [case_, circumstances, expected] of CASES) {
  test(`why what waits waits: ${case_}`, () => assert.equal(why({ ...WAITING, ...circumstances }), expected));
}
