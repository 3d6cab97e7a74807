/** What pages and worker tell each other. */
export type News =
  /** A call is on its way. */
  | "sending"
  /** The outbox, the observations, the setup or who is signed in changed. */
  | "changed"
  /** The server, or what waits, wants a later version of this app than the one that tells it. */
  | "outdated";

const NAME = "listen-in";

let mouth: BroadcastChannel | null = null;

/** Tells every page of this site, this one included. */
export function tell(news: News): void {
  // A channel does not hear itself, but does hear others of the same page: so this one only speaks.
  mouth ??= new BroadcastChannel(NAME);
  mouth.postMessage(news);
}

/** Calls `listen` with all news: from this page, from others, from the worker. */
export function hear(listen: (news: News) => void): void {
  const ear = new BroadcastChannel(NAME);
  ear.addEventListener("message", (event: MessageEvent<News>) => listen(event.data));
}
