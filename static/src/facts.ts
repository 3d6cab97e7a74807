import { type Meta, reach } from "./database";
import { newId } from "./ids";
import type { Session, Uuid } from "./wire";

/** One fact of this device, or undefined when it was never learnt. */
export async function fact<Name extends keyof Meta>(name: Name): Promise<Meta[Name] | undefined> {
  // The store holds each fact under its name, so the type follows from the name.
  return (await reach((database) => database.get("meta", name as string))) as Meta[Name] | undefined;
}

/** Learns a fact. */
export async function learn<Name extends keyof Meta>(name: Name, value: Meta[Name]): Promise<void> {
  await reach((database) => database.put("meta", value, name as string));
}

/** Whether it is this person's device now; asked within the transaction that keeps something of theirs. */
export async function isHere(transaction: WithMeta, account: Uuid): Promise<boolean> {
  return ((await transaction.objectStore("meta").get("session")) as Session | undefined)?.account === account;
}

interface WithMeta {
  objectStore(name: "meta"): { get(name: string): Promise<unknown> };
}

/** This device's own id, made when it is first asked for. */
export async function device(): Promise<string> {
  const known = await fact("device");
  if (known !== undefined) return known;
  const made = newId();
  await learn("device", made);
  return made;
}
