import type { OwnListen } from "../kept";
import type { Uuid } from "../wire";

/** What was heard on one day, by the clock of the school where it was heard. */
export interface Day {
  name: string;
  /** With the time of day at which each is filed. */
  listens: { listen: OwnListen; time: string }[];
}

/** Parts listen-ins by the day on which they were heard, in the order in which they come. */
export function byDay(
  listens: readonly OwnListen[],
  zone: (school: Uuid) => string | undefined,
  language: string,
  now: number,
): Day[] {
  const formats = new Map<string | undefined, ReturnType<typeof formatsIn>>();
  const days = new Map<string, Day>();
  for (const listen of listens) {
    const there = zone(listen.school);
    const format = formats.get(there) ?? formatsIn(there, language, now);
    formats.set(there, format);
    const name = format.day(listen.at);
    const day = days.get(name) ?? { name, listens: [] };
    days.set(name, day);
    day.listens.push({ listen, time: format.time(listen.at) });
  }
  return [...days.values()];
}

/** Draws the days into a list, from the template `[data-day]` beside it, with its `[data-name]` and `[data-rows]`. */
export function drawByDay(
  list: HTMLElement,
  days: readonly Day[],
  row: (listen: OwnListen, time: string) => Node,
): void {
  const template = list.parentElement?.querySelector<HTMLTemplateElement>("template[data-day]");
  const drawn = days.map(({ name, listens }) => {
    const day = template?.content.cloneNode(true) as DocumentFragment;
    day.querySelector("[data-name]")?.replaceChildren(name);
    day.querySelector("[data-rows]")?.replaceChildren(...listens.map(({ listen, time }) => row(listen, time)));
    return day;
  });
  list.replaceChildren(...drawn);
}

/** The words for a day, with its year where that is not this one, and for a time of day. */
function formatsIn(timeZone: string | undefined, language: string, now: number) {
  const year = new Intl.DateTimeFormat(language, { year: "numeric", timeZone });
  const day = { weekday: "long", day: "numeric", month: "long", timeZone } as const;
  const thisYear = new Intl.DateTimeFormat(language, day);
  const otherYear = new Intl.DateTimeFormat(language, { ...day, year: "numeric" });
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", timeZone });
  return {
    day: (at: number): string => (year.format(at) === year.format(now) ? thisYear : otherYear).format(at),
    time: (at: number): string => time.format(at),
  };
}
