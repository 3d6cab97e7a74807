import { isOver } from "../backoff";
import { hear } from "../channel";
import { SyncState } from "../elements/sync-state";
import { fact, learn } from "../facts";
import { standing } from "../outbox";
import { ended, farewells } from "../presence";
import { mayRecord, pull } from "../pull";
import { flush, type Reason } from "../sync";
import { rest } from "./device";
import { offerInstall } from "./install-hint";
import { signInWithCare, signOutWithCare } from "./sign-out";
import { watchStorage } from "./storage";
import { keepUpToDate } from "./update-notice";

const A_MINUTE = 60_000;

/** How long a page has for itself before it sends and reads, in milliseconds. */
const HEAD_START = 500;

let timer: ReturnType<typeof setTimeout> | undefined;
/** Until when the last pause lasted after which this page has tried. */
let triedAfter = 0;
let readAt = 0;
let knewWho = false;

void start();

/** On every page: keeps worker and outbox going, and shows how they stand. */
async function start(): Promise<void> {
  customElements.define("sync-state", SyncState);
  const dialog = document.querySelector<HTMLDialogElement>("dialog#sign-out");
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign-out]")) signOutWithCare(form, dialog);
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign-in]")) void signInWithCare(form);
  const known = await whoThePageKnows();
  if (known === "nobody") return;
  if (known === "left") return location.replace(location.href);
  await rememberWhoLeft();
  if (known === "not-told") await hideWhatIsForRecording();
  // First the page itself: on a slow phone what follows would be in its way.
  await rest(HEAD_START);
  const lookForUpdate = keepUpToDate(document.getElementById("update-notice"));
  offerInstall(document.getElementById("install-hint"));
  if (document.querySelector("[data-storage]") !== null) void watchStorage();
  addEventListener("online", () => void catchUp("online"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void catchUp("visible");
  });
  // Chromium says so when a frozen page goes on, also one that is not looked at.
  document.addEventListener("resume", () => void planNextTry());
  hear((news) => {
    if (news === "changed") void planNextTry();
    if (news === "outdated") lookForUpdate();
  });
  await catchUp("start");
}

/**
 * A page of the server knows who is signed in, a page from the cache does not. Where the two disagree, nothing is
 * sent until the server was asked.
 */
async function whoThePageKnows(): Promise<"somebody" | "nobody" | "not-told" | "left"> {
  const { account } = document.body.dataset;
  if (account === undefined) return "not-told";
  // Where no worker stood before it, the cookie of who left this device has opened this page.
  if (account !== "" && (await fact("ending")) === account && (await ended())) return "left";
  const session = await fact("session");
  if (session !== undefined && session.account !== account) await learn("signed_in", false);
  if (account === "") return "nobody";
  await learn("language", document.documentElement.lang);
  return "somebody";
}

/** Whoever goes back to a page that the browser has kept does not see it as it was for who left since. */
async function rememberWhoLeft(): Promise<void> {
  const known = await farewells();
  addEventListener("pageshow", async ({ persisted }) => {
    if (persisted && (await farewells()) !== known) location.reload();
  });
}

/** A page from the cache is drawn for whoever records; from the others it hides what they may not see. */
async function hideWhatIsForRecording(): Promise<void> {
  const session = await fact("session");
  if (session === undefined || session.schools.some(mayRecord)) return;
  for (const part of document.querySelectorAll<HTMLElement>("[data-records]")) part.hidden = true;
}

/** Sends what waits and reads what is new; whoever signed in meanwhile gets a second go. */
async function catchUp(reason: Reason): Promise<void> {
  const { obstacle } = await flush(reason);
  const unclear = obstacle === "ask-to-sign-in" || obstacle === "keep-for-owner";
  if (!unclear && (obstacle !== null || Date.now() - readAt < A_MINUTE)) return;
  readAt = Date.now();
  if ((await pull()) && unclear) await flush(reason);
}

/** Whoever flushed last, this page, another or the worker, noted when to try again. */
async function planNextTry(): Promise<void> {
  clearTimeout(timer);
  const { until } = (await fact("pause")) ?? { until: 0 };
  const session = await fact("session");
  const { waiting } = await standing(session?.account ?? null);
  // A page that was frozen through the whole pause tries at once, and after each pause only once.
  const rest = isOver(until, Date.now()) ? 0 : until - Date.now();
  const next = (): void => {
    triedAfter = until;
    void catchUp("timer");
  };
  if (waiting > 0 && until !== triedAfter) timer = setTimeout(next, rest);
  // Nobody signed out, and still it is forgotten who is here: storage was cleared, and the server can tell.
  const isLost = knewWho && session === undefined && (await farewells()) === 0;
  knewWho = session !== undefined;
  if (isLost) await catchUp("start");
}
