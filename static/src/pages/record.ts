import { PlacePicker } from "../elements/place-picker";
import { fact } from "../facts";
import { ListenForm } from "./record-form";
import { here, mayNotRecord, type Nothing } from "./record-here";
import { RecordPage } from "./record-page";

void start();

/** Takes over the form that the page holds; until then, and without JavaScript, it posts by itself. */
async function start(): Promise<void> {
  const form = document.querySelector<HTMLFormElement>("form#listen");
  if (form === null) return;
  customElements.define("place-picker", PlacePicker);
  // Where the browser keeps nothing, a page of the server goes on as the plain form that it is.
  const who = await here(form).catch((): Nothing => "no-storage");
  // The page that knows no one has a sentence for each case, and shows the form when there is someone.
  for (const part of document.querySelectorAll<HTMLElement>("[data-shell]"))
    part.hidden = part.dataset["shell"] !== who;
  document.querySelector("[data-closed]")?.toggleAttribute("hidden", !(await isClosed()));
  // Whoever may not record has nothing to do here, also when the installed app began here.
  if (who === "no-school" && (await mayNotRecord())) return location.replace("/");
  if (who === "no-place") await sayWhoAddsPlaces();
  if (who === "no-setup")
    document.querySelector("[data-look-again]")?.addEventListener("click", () => location.reload());
  if (typeof who !== "string") await new RecordPage(new ListenForm(form, who.account), who).start();
}

/** Whether the account of who records here is closed: then what is saved stays on this phone. */
async function isClosed(): Promise<boolean> {
  return (await fact("closed").catch(() => false)) === true;
}

/** Places are added by an administrator: who is one is led there, others are told. */
async function sayWhoAddsPlaces(): Promise<void> {
  const session = await fact("session");
  const manages = session?.schools.some(({ role }) => role === "admin") === true;
  document.querySelector("[data-manages]")?.toggleAttribute("hidden", !manages);
  document.querySelector("[data-waits]")?.toggleAttribute("hidden", manages);
}
