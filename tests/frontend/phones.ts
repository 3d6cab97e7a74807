import "fake-indexeddb/auto";
import { build } from "esbuild";
import { IDBFactory } from "fake-indexeddb";
import { Locks, Silence } from "./world";

// What runs on a phone, as it is built for one; bundled here because each phone needs it for itself.
const CODE = `
  export { flush } from "./sync";
  export { pull } from "./pull";
  export { add, all, standing } from "./outbox";
  export { fact, learn } from "./facts";
`;

export type Phone = Pick<typeof import("../../static/src/sync"), "flush"> &
  Pick<typeof import("../../static/src/pull"), "pull"> &
  Pick<typeof import("../../static/src/outbox"), "add" | "all" | "standing"> &
  Pick<typeof import("../../static/src/facts"), "fact" | "learn">;

/** What a browser gives to the pages of one phone: they share it, and nothing else. */
export interface Device {
  indexedDB: IDBFactory;
  locks: Locks;
}

export function newDevice(): Device {
  return { indexedDB: new IDBFactory(), locks: new Locks() };
}

/** Opens pages: each call runs the code anew, as a browser does for each page, on that device and network. */
export async function pages(): Promise<(device: Device, network: typeof fetch) => Phone> {
  const stdin = { contents: CODE, resolveDir: "static/src", loader: "ts" } as const;
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife", globalName: "phone" });
  const open = new Function(
    "indexedDB",
    "navigator",
    "BroadcastChannel",
    "fetch",
    `${outputFiles[0]?.text}; return phone;`,
  );
  return ({ indexedDB, locks }, network) => open(indexedDB, { locks }, Silence, network) as Phone;
}
