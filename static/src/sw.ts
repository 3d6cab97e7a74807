import { getCacheKeyForURL, matchPrecache, type PrecacheEntry, precache } from "workbox-precaching";
import { fact } from "./facts";
import { ended } from "./presence";
import { mayRecord } from "./pull";
import { flush } from "./sync";

/** Background Sync is not in TypeScript's library yet (WICG, one-shot). */
interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: (PrecacheEntry | string)[];
  addEventListener(type: "sync", listen: (event: SyncEvent) => void): void;
};

// Install and activate: all that the app needs without a network, and nothing that knows anyone.
const files = self.__WB_MANIFEST;
precache(files);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // A worker that touches a POST sends empty bodies on iOS (enketo/enketo#1584).
  if (request.method !== "GET") return;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(address.pathname, request));
  else if (getCacheKeyForURL(request.url) !== undefined) event.respondWith(file(request));
  // Everything else is somebody's: it is never kept, and the browser fetches it as if there were no worker.
});

self.addEventListener("sync", (event) => {
  if (event.tag === "listen-in") event.waitUntil(sendInBackground());
});

self.addEventListener("message", (event) => {
  // Only when the person asked for the new version; it never takes over by itself.
  if (event.data?.type === "SKIP_WAITING") void self.skipWaiting();
  if (event.data?.type === "SEND")
    event.waitUntil(flush(event.data.reason, () => event.ports[0]?.postMessage("my turn")));
});

/** A page: the two that work from this device alone come from the cache first, all others from the network. */
async function page(path: string, request: Request): Promise<Response> {
  const alone = (path === "/record" || path === "/outbox") && (await keeps());
  const own = alone ? await shell(path.slice(1)) : undefined;
  if (own !== undefined) return own;
  const mending = path.startsWith("/record/");
  try {
    const answer = await ask(request);
    // The server does not know what was never sent; this phone may.
    return mending && answer.status === 404 ? ((await shell("record")) ?? answer) : answer;
  } catch (error) {
    // Home is where one listens, for whoever does.
    if (path === "/" && (await records())) return Response.redirect("/record");
    const instead = await shell(mending ? "record" : await without(path));
    if (instead === undefined) throw error;
    return instead;
  }
}

async function file(request: Request): Promise<Response> {
  return (await matchPrecache(request.url)) ?? fetch(request);
}

/** The page that knows no one, in the language of who signed in last, else of the browser. */
async function shell(name: string): Promise<Response | undefined> {
  const wanted = (await fact("language").catch(() => undefined)) ?? navigator.language.slice(0, 2);
  return (
    (await matchPrecache(`/static/shell/${name}.${wanted}.html`)) ?? matchPrecache(`/static/shell/${name}.en.html`)
  );
}

/** What stands for a page that the server alone can draw: the map as it was last seen, for who may see it. */
async function without(path: string): Promise<string> {
  return path === "/heatmap" && (await records()) ? "heatmap" : "offline";
}

/** Asks the server; without the cookie, as long as that of who left this phone without a network still holds there. */
async function ask(request: Request): Promise<Response> {
  // A device that keeps nothing has not noted that anybody left.
  const over = await ended().catch(() => true);
  return fetch(request, over ? undefined : { credentials: "omit" });
}

/** Whether this device keeps anything; where it does not, the server's own form can still save. */
async function keeps(): Promise<boolean> {
  return fact("language").then(
    () => true,
    () => false,
  );
}

/** Whether who signed in last on this phone records somewhere. */
async function records(): Promise<boolean> {
  const session = await fact("session").catch(() => undefined);
  return session?.schools.some(mayRecord) ?? false;
}

/** Throws when it is worth trying again, so that the browser does. */
async function sendInBackground(): Promise<void> {
  const { again } = await flush("background");
  if (again !== null) throw new Error("not all is sent");
}
