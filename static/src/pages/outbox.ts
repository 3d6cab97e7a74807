import { hear } from "../channel";
import type { Row } from "../database";
import { fact } from "../facts";
import { setups } from "../kept";
import { all, discard, resend, standing } from "../outbox";
import { flush, type Outcome } from "../sync";
import type { Put } from "../wire";
import { clock, say, sayCount, type Words, words } from "../words";

void start();

/** What is still to be sent, since when and why, and what needs the person. */
async function start(): Promise<void> {
  part("[data-send-now]")?.addEventListener("click", () => void flush("button").then(draw));
  hear((news) => {
    if (news === "changed") void draw();
  });
  await draw();
}

async function draw(outcome?: Outcome): Promise<void> {
  const account = (await fact("session"))?.account ?? null;
  const rows = account === null ? [] : await all(account);
  const { others } = await standing(account);
  const names = new Map(
    (account === null ? [] : await setups(account)).flatMap(({ places }) => places.map(({ id, name }) => [id, name])),
  );
  const nameOf = (row: Row): string => placeOf(row, rows, names);
  list(
    "[data-waiting]",
    rows.filter((row) => row.state === "waiting"),
    (row, copy) => drawWaiting(row, copy, nameOf(row)),
  );
  list(
    "[data-needs-you]",
    rows.filter((row) => row.state === "needs_you"),
    (row, copy) => drawNeedsYou(row, copy, nameOf(row)),
  );
  const signedIn = (await fact("signed_in")) === true;
  part("[data-sign-in]")?.toggleAttribute("hidden", signedIn);
  part("[data-send-now]")?.toggleAttribute("hidden", !signedIn);
  part("[data-standing]")?.replaceChildren(await sentence(rows, outcome));
  part(".standing")?.toggleAttribute("data-sent", rows.length === 0);
  part("[data-others]")?.replaceChildren(others === 0 ? "" : sayCount(words().outbox.others, others));
}

/** One sentence that says why what waits waits. */
async function sentence(rows: readonly Row[], outcome?: Outcome): Promise<string> {
  const { outbox } = words();
  if (rows.length === 0) return outbox.nothing;
  // What needs its person says so itself, and is not sent.
  if (!rows.some((row) => row.state === "waiting")) return "";
  if ((await fact("signed_in")) !== true) return outbox.signed_out;
  if (outcome?.obstacle === "update-first") return outbox.update_first;
  const { until } = (await fact("pause")) ?? { until: 0 };
  return until > Date.now() ? say(outbox.trying, { time: clock(until) }) : outbox.waits;
}

function drawWaiting(row: Row, copy: DocumentFragment, place: string): void {
  const { outbox } = words();
  copy
    .querySelector("[data-place]")
    ?.replaceChildren(row.change.op === "delete" ? `${outbox.deletion}: ${place}` : place);
  copy.querySelector("[data-since]")?.replaceChildren(say(outbox.saved_at, { time: clock(row.saved_at) }));
  copy.querySelector("[data-why]")?.replaceChildren(row.follows ? outbox.follows : "");
}

function drawNeedsYou(row: Row, copy: DocumentFragment, place: string): void {
  const { outbox } = words();
  drawWaiting(row, copy, place);
  copy.querySelector("[data-why]")?.replaceChildren(reason(row, outbox));
  const mend = copy.querySelector<HTMLAnchorElement>("a[data-mend]");
  const again = copy.querySelector<HTMLButtonElement>("[data-resend]");
  const mendable = row.change?.op === "put" && row.why?.is !== "unreadable";
  if (mend !== null) {
    mend.href = `/record/${row.change?.id ?? ""}`;
    mend.hidden = !mendable;
  }
  if (again !== null) {
    again.hidden = row.why?.is === "unreadable";
    again.addEventListener(
      "click",
      () =>
        void resend(row)
          .then(() => flush("button"))
          .then(draw),
    );
  }
  copy.querySelector("[data-discard]")?.addEventListener("click", () => void askToDiscard(row));
}

function reason(row: Row, outbox: Words["outbox"]): string {
  if (row.why?.is === "rejected") return say(outbox.rejected, { why: row.why.problem?.detail ?? "" });
  if (row.why?.is === "conflict") return row.why.current?.op === "delete" ? outbox.conflict_deleted : outbox.conflict;
  return row.why?.is === "refused" ? outbox.refused : outbox.unreadable;
}

/** Only its owner discards a change, and only after being asked (SYNC-6). */
async function askToDiscard(row: Row): Promise<void> {
  const dialog = document.querySelector<HTMLDialogElement>("dialog#discard");
  if (dialog === null) return;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  if (dialog.returnValue !== "go") return;
  await discard(row);
  await draw();
}

/** A deletion names no place; what is said before of the same listen-in may. */
function placeOf({ change }: Row, rows: readonly Row[], names: Map<string, string>): string {
  const said = rows.map((row) => row.change).filter((each): each is Put => each?.op === "put");
  const place = said.findLast(({ id }) => id === change?.id)?.place;
  return names.get(place ?? "") ?? words().outbox.listen;
}

/** Draws rows into the list inside a section, from the template beside it; a section without rows is hidden. */
function list(section: string, rows: readonly Row[], drawRow: (row: Row, copy: DocumentFragment) => void): void {
  const root = part(section);
  const template = root?.querySelector("template");
  if (!root || !template) return;
  const copies = rows.map((row) => {
    const copy = template.content.cloneNode(true) as DocumentFragment;
    drawRow(row, copy);
    return copy;
  });
  root.querySelector("[data-rows]")?.replaceChildren(...copies);
  root.hidden = rows.length === 0;
}

function part(selector: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(selector);
}
