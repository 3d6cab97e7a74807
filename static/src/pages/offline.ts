import { fact } from "../facts";

void start();

/** On the page that stands for all that only the server can draw: who is signed in can leave, and is told so then. */
async function start(): Promise<void> {
  const away = document.querySelector<HTMLElement>("[data-away]");
  if (away === null) return;
  const session = await fact("session");
  if (session === undefined) return (await fact("ending")) === undefined ? undefined : sayWhoLeft(away);
  const form = away.querySelector<HTMLElement>("[data-sign-out]");
  form?.querySelector("[data-name]")?.replaceChildren(session.name);
  form?.toggleAttribute("hidden", location.pathname !== "/account");
}

/** Whoever left this phone without a network knows that it holds. */
function sayWhoLeft(away: HTMLElement): void {
  const left = document.querySelector<HTMLTemplateElement>("template[data-left]");
  const title = away.querySelector("h1");
  if (left === null || title === null) return;
  const said = left.dataset["left"] ?? "";
  title.replaceChildren(said);
  document.title = `${said} · Listen In`;
  left.content.firstElementChild?.after(title);
  away.replaceChildren(left.content);
}
