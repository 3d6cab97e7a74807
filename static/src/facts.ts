import { type Meta, reach } from "./database";
import { newId } from "./ids";

/** One fact of this device, or undefined when it was never learnt. */
export async function fact<Name extends keyof Meta>(name: Name): Promise<Meta[Name] | undefined> {
  // The store holds each fact under its name, so the type follows from the name.
  return (await reach((database) => database.get("meta", name as string))) as Meta[Name] | undefined;
}

/** Learns a fact. */
export async function learn<Name extends keyof Meta>(name: Name, value: Meta[Name]): Promise<void> {
  await reach((database) => database.put("meta", value, name as string));
}

/** Unlearns a fact. */
export async function unlearn(name: keyof Meta): Promise<void> {
  await reach((database) => database.delete("meta", name as string));
}

/** This device's own id, made when it is first asked for. */
export async function device(): Promise<string> {
  const known = await fact("device");
  if (known !== undefined) return known;
  const made = newId();
  await learn("device", made);
  return made;
}
