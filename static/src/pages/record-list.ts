import type { OwnListen } from "../kept";
import type { Uuid } from "../wire";
import { clock, words } from "../words";

/** What the list asks of its page. */
export interface ListActions {
  placeName(id: Uuid): string;
  mend(listen: OwnListen): void;
  remove(listen: OwnListen): void;
}

/**
 * Draws the person's own last listen-ins from what this phone knows.
 *
 * @param list has a template `template[data-listen]` beside it, with `[data-place]`, `[data-when]`,
 *   `[data-heard]`, `[data-unsent]`, a link `[data-mend]` and a button `[data-delete]`
 */
export function drawListens(list: HTMLElement, listens: readonly OwnListen[], actions: ListActions): void {
  const template = list.parentElement?.querySelector<HTMLTemplateElement>("template[data-listen]");
  if (template === null || template === undefined) return;
  list.replaceChildren(...listens.map((listen) => drawn(template, listen, actions)));
}

/** What the button is called that deletes a listen-in at a place. */
export function deleteLabel(place: string, { at }: OwnListen): string {
  return `${words().record.delete}: ${place}, ${clock(at)}`;
}

function drawn(template: HTMLTemplateElement, listen: OwnListen, actions: ListActions): Node {
  const row = template.content.cloneNode(true) as DocumentFragment;
  const { traits, record } = words();
  const place = actions.placeName(listen.place);
  const when = clock(listen.at);
  const heard = listen.heard.map((trait) => traits[trait] ?? trait).join(" · ");
  row.querySelector("[data-place]")?.replaceChildren(place);
  row.querySelector("[data-when]")?.replaceChildren(when);
  row.querySelector("[data-heard]")?.replaceChildren(heard === "" ? record.none : heard);
  for (const mark of row.querySelectorAll<HTMLElement>("[data-unsent]")) mark.hidden = listen.sent;
  const mend = row.querySelector<HTMLAnchorElement>("a[data-mend]");
  mend?.setAttribute("href", `/record/${listen.id}?school=${listen.school}`);
  mend?.addEventListener("click", (event) => {
    // With a key held the person wants a new tab.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    actions.mend(listen);
  });
  const remove = row.querySelector<HTMLButtonElement>("button[data-delete]");
  // One button a row: each says what it deletes.
  remove?.setAttribute("aria-label", deleteLabel(place, listen));
  remove?.addEventListener("click", () => actions.remove(listen));
  return row;
}
