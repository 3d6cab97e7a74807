import type { Reason } from "./sync";

/** What a page asks its worker to do; the port says when it is the worker's turn. */
export interface Request {
  type: "SEND";
  reason: Reason;
}

/** A worker that does not answer by then, in milliseconds, is of an earlier release, or waits for its own turn. */
const PATIENCE = 1_000;

/** Asks the worker to send; false where there is none that does. */
export function handOver(reason: Reason): Promise<boolean> {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(false);
  const { port1, port2 } = new MessageChannel();
  const request: Request = { type: "SEND", reason };
  return new Promise((tell) => {
    const timer = setTimeout(() => tell(false), PATIENCE);
    port1.onmessage = () => {
      clearTimeout(timer);
      tell(true);
    };
    worker.postMessage(request, [port2]);
  });
}
