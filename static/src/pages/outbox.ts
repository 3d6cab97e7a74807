import { hear, tell } from "../channel";
import type { Row } from "../database";
import { fact } from "../facts";
import { setups } from "../kept";
import { discard, first, putBack, resend, type Standing, saidBefore, standing } from "../outbox";
import { theirs } from "../rows";
import { flush } from "../sync";
import { undo } from "../undo";
import type { Uuid } from "../wire";
import { clock, say, sayCount, words } from "../words";
import { keepAsFile } from "./outbox-file";
import { type Action, drawnRow, fill, listenOf, show } from "./outbox-row";
import { type Why, why } from "./outbox-why";
import { toast } from "./toast";

/** So many rows of a kind are drawn; the others are counted. */
const MOST_DRAWN = 50;

let sending = false;
let outdated = false;
let drawing: Promise<void> = Promise.resolve();
let asked = 0;
/** What was done here and can be taken back, the last thing last. */
const done: { said: string; takeBack: () => Promise<unknown> }[] = [];

start();

/** What is still to be sent, since when and why, and what needs the person. */
function start(): void {
  if (part("[data-standing]") === null) return;
  part("[data-send-now]")?.addEventListener("click", () => void send());
  part("[data-keep-all]")?.addEventListener("click", () => void keepAll());
  part("[data-undo]")?.addEventListener("click", () => void undoLast());
  hear((news) => {
    if (news === "outdated") outdated = true;
    else sending = news === "sending";
    void draw();
  });
  sayHowItStands("looking", "", words().outbox.looking);
  void draw();
}

async function send(): Promise<void> {
  sending = true;
  await draw();
  await flush("button");
  sending = false;
  await draw();
}

async function keepAll(): Promise<void> {
  const account = await whose();
  if (account === null) return;
  await keepAsFile(account);
  report(words().outbox.file);
}

/** Draws after what is being drawn; asked for several times meanwhile, it is done once. */
function draw(): Promise<void> {
  const mine = ++asked;
  drawing = drawing
    .then(() => (mine === asked ? redraw() : undefined))
    // Whatever else goes wrong, only storage that fails may be called so.
    .catch(async () => void (await fact("session")))
    .catch(() => sayHowItStands("failed", "", words().outbox.failed));
  return drawing;
}

/** Whose rows are shown: of who is signed in, or of who signed in last on this phone and did not sign out (SYNC-5). */
async function whose(): Promise<Uuid | null> {
  return document.body.dataset["account"] || ((await fact("session"))?.account ?? null);
}

async function redraw(): Promise<void> {
  const account = await whose();
  const stands = await standing(account);
  const waits = await reason(account, stands);
  const count = account === null ? stands.others : stands.waiting + stands.needsYou;
  const { outbox } = words();
  sayHowItStands(waits ?? "sent", count > 0 ? sayCount(outbox.count, count) : "", await sentence(waits));
  const focus = focused();
  await drawSection(account, "needs_you", stands.needsYou, waits);
  await drawSection(account, "waiting", stands.waiting, waits);
  if (focus !== null) refocus(focus);
  show(document, "[data-send-now]", stands.waiting > 0 && waits !== "sign_in" && waits !== "closed");
  show(document, "[data-sign-in]", waits === "sign_in" || waits === "signed_out");
  show(document, "[data-last-resort]", account !== null && count > 0);
  const others = account === null ? 0 : stands.others;
  show(document, "[data-others]", others > 0);
  fill(document, "[data-others] > span", sayCount(outbox.others, others));
}

async function reason(account: Uuid | null, stands: Standing): Promise<Why | null> {
  return why({
    known: account !== null,
    standing: stands,
    signedIn: (await fact("signed_in")) === true,
    closed: (await fact("closed")) === true,
    sending,
    outdated,
    pause: await fact("pause"),
    onLine: navigator.onLine,
    now: Date.now(),
  });
}

async function sentence(reason: Why | null): Promise<string> {
  const { outbox } = words();
  return reason === null ? outbox.nothing : say(outbox.why[reason], { time: clock((await fact("pause"))?.until ?? 0) });
}

function sayHowItStands(state: Why | "sent" | "looking" | "failed", count: string, sentence: string): void {
  part("[data-standing]")?.setAttribute("data-standing", state);
  fill(document, "[data-count]", count);
  // The same words again would be read out again.
  if (part("[data-why]")?.textContent !== sentence) fill(document, "[data-why]", sentence);
}

async function drawSection(account: Uuid | null, state: Row["state"], count: number, waits: Why | null): Promise<void> {
  const [rows, known] =
    account === null ? [[], []] : await Promise.all([first(account, state, MOST_DRAWN), setups(account)]);
  const skew = (await fact("skew")) ?? 0;
  const drawn = document.createDocumentFragment();
  for (const row of rows) {
    const before = row.change?.op === "delete" ? await saidBefore(row) : null;
    const school = known.find((each) => each.school === row.change?.school);
    const around = { school, several: known.length > 1, skew, why: waits ?? "soon", before };
    drawn.append(drawnRow(row, around, (action) => void act(action, row)));
  }
  const section = `[data-rows="${state}"]`;
  fill(document, `${section} > ul`, drawn);
  const more = count - rows.length;
  fill(document, `${section} > p`, more > 0 ? sayCount(words().outbox.more, more) : "");
  show(document, section, rows.length > 0);
}

async function act(action: Action, row: Row): Promise<void> {
  const { outbox } = words();
  if (action === "file") {
    await keepAsFile(row.owner, [row]);
    return report(outbox.file);
  }
  if (action === "discard" && !(await sure())) return;
  const gives = ["theirs", "let-go", "discard"].includes(action);
  const settled = await (gives ? discard(row) : resend(row)).catch(() => null);
  if (settled === null) return report(outbox.no_room);
  const said = settled ? (outbox.done[action] ?? "") : outbox.settled;
  if (settled && action !== "again") done.push({ said, takeBack: () => (gives ? putBack(row) : callBack(row)) });
  report(said);
  tell("changed");
  await draw();
  if (!gives) await send();
}

/** Takes back that one’s own version was kept: what the server held is said again. */
async function callBack(row: Row): Promise<void> {
  const current = theirs(row);
  await undo(row.owner, { change: row.change, before: current && listenOf(row, current) }, Date.now());
  await send();
}

async function undoLast(): Promise<void> {
  const last = done.pop();
  if (last === undefined) return;
  const { undone, no_room } = words().outbox;
  const said = await last.takeBack().then(
    () => undone,
    () => no_room,
  );
  if (said === no_room) done.push(last);
  report(said);
  tell("changed");
  await draw();
}

/** Says what became of a tap. Undo stays for what was done before, which is named then. */
function report(said: string): void {
  const last = done.at(-1);
  toast(last === undefined || last.said === said ? said : `${said}\u00a0· ${last.said}`, last !== undefined);
}

/** Only its owner discards a change, and only after being asked (SYNC-6). */
async function sure(): Promise<boolean> {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#discard");
  if (dialog === null) return false;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  return dialog.returnValue === "go";
}

/** Where the keyboard is in the lists: at which row, the how manieth, and at which of its buttons. */
interface Focus {
  seq: string | undefined;
  index: number;
  action: string | undefined;
}

function focused(): Focus | null {
  const at = document.activeElement as HTMLElement | null;
  const row = at?.closest<HTMLElement>("[data-seq]");
  return at && row ? { seq: row.dataset["seq"], index: rowsDrawn().indexOf(row), action: at.dataset["do"] } : null;
}

/** Back to where the keyboard was; where that row is gone, to the next one. */
function refocus({ seq, index, action }: Focus): void {
  const rows = rowsDrawn();
  const same = rows.find((row) => row.dataset["seq"] === seq);
  const button = same?.querySelector<HTMLElement>(`[data-do="${action}"]:not([hidden])`);
  (button ?? same ?? rows[index] ?? rows.at(-1) ?? part("h1"))?.focus();
}

function rowsDrawn(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-seq]")];
}

function part(selector: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(selector);
}
