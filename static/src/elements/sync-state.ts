import { hear } from "../channel";
import { fact } from "../facts";
import { standing } from "../outbox";
import { mayRecord } from "../pull";
import { clock, sayCount, words } from "../words";

type State = "sent" | "waiting" | "sending" | "sign-in" | "needs-you" | "closed";

/**
 * `<sync-state><a href="/outbox"><span data-words>All sent</span></a></sync-state>`: how sending stands, quiet and
 * always there. `data-state` says it to the style sheet, `data-known` that the phone has
 * looked; the words say it to people. Hidden from those who have nothing to send.
 */
export class SyncState extends HTMLElement {
  connectedCallback(): void {
    hear((news) => void (news === "sending" ? this.#show("sending", words().state.sending) : this.#read()));
    void this.#read();
  }

  async #read(): Promise<void> {
    const session = await fact("session");
    const { account } = document.body.dataset;
    // Where storage was cleared, what was said before is no longer known.
    if (session === undefined) this.hidden = true;
    // What is kept is perhaps another person's: the server is being asked, and then there is news.
    if (session === undefined || (account !== undefined && account !== session.account)) return;
    const { waiting, since, needsYou } = await standing(session.account);
    const kept = waiting + needsYou;
    // Who may not record has nothing to send, unless it was saved while one still might.
    this.hidden = !session.schools.some(mayRecord) && kept === 0;
    const { state } = words();
    const out = (await fact("signed_in")) !== true;
    // Nobody can sign in there, and what is settled cannot go either.
    if (kept > 0 && out && (await fact("closed")) === true) this.#show("closed", sayCount(state.closed, kept));
    else if (needsYou > 0) this.#show("needs-you", sayCount(state.needs_you, needsYou));
    else if (waiting === 0 || since === null) this.#show("sent", state.all_sent);
    else if (out) this.#show("sign-in", sayCount(state.sign_in, waiting));
    else this.#show("waiting", sayCount(state.waiting, waiting, { time: clock(since) }));
  }

  #show(state: State, said: string): void {
    this.dataset["state"] = state;
    this.toggleAttribute("data-known", true);
    const place = this.querySelector("[data-words]");
    // The same words again would be read out again.
    if (place !== null && place.textContent !== said) place.textContent = said;
  }
}
