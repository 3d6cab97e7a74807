/** Words in the singular and in the plural, as English and Spanish have them. */
export interface Forms {
  one: string;
  other: string;
}

/** What scripts say, in the language of the page; written by templates/observing/_words.html and _record_words.html. */
export interface Words {
  state: {
    all_sent: string;
    waiting: Forms;
    sending: string;
    sign_in: Forms;
    closed: Forms;
    needs_you: Forms;
  };
  sign_out: { unsent: Forms; not_sent: string; needs_you: string };
  record: {
    save: string;
    save_heard: Forms;
    save_none: string;
    listening: string;
    mending: string;
    save_mended: string;
    saved: string;
    mended: string;
    deleted: string;
    undone: string;
    choose: string;
    choose_place: string;
    choose_other: string;
    archived_place: string;
    conflict: string;
    conflict_deleted: string;
    choose_time: string;
    full: string;
    failed: string;
    unknown: string;
    now: string;
    ago: Forms;
    filed: string;
    filed_ahead: string;
    filed_behind: string;
    filed_same: string;
    at_school: string;
    group_size: string;
    ground_floor: string;
    floor: string;
    no_floor: string;
    none: string;
    delete: string;
    gone_place: string;
  };
  outbox: {
    listen: string;
    looking: string;
    nothing: string;
    failed: string;
    count: Forms;
    more: Forms;
    why: Record<
      | "offline"
      | "soon"
      | "no_answer"
      | "resting"
      | "sending"
      | "sign_in"
      | "closed"
      | "update"
      | "needs_you"
      | "signed_out",
      string
    >;
    /** The same of one row, and why this one waits longer than the others. */
    row: Record<string, string>;
    saved_at: string;
    heard_at: string;
    at_school: string;
    none: string;
    others: Forms;
    rejected: string;
    rejected_school: string;
    conflict: string;
    conflict_deleted: string;
    conflict_deletion: string;
    refused: string;
    unreadable: string;
    undone: string;
    /** What was done, by what was asked for. */
    done: Record<string, string>;
    settled: string;
    no_room: string;
    file: string;
  };
  /** What the fields of a listen-in are called, and what stands in them. */
  fields: Record<string, string>;
  settings: Record<string, string>;
  sizes: Record<string, string>;
  seen: { as_it_was: string };
  kinds: Record<string, string>;
  /** Which setting is usual at which kind of place. */
  usual: Record<string, string>;
  traits: Record<string, string>;
}

let read: Words | null = null;

/** The words of this page: those that every page has, and its own. */
export function words(): Words {
  read ??= Object.assign({}, ...["words", "page-words"].map(island)) as Words;
  return read;
}

function island(id: string): object {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as object;
}

/** Puts values into a sentence: `{n} waiting` → `3 waiting`. */
export function say(sentence: string, values: Record<string, string | number> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (all, name: string) => String(values[name] ?? all));
}

/** The form for a number, the number put in as `{n}`. */
export function sayCount(forms: Forms, n: number, values: Record<string, string | number> = {}): string {
  return say(n === 1 ? forms.one : forms.other, { n, ...values });
}

/** The time of day, and the day too if it is not today there, in the page's language. */
export function clock(at: number, now: number = Date.now(), zone?: string): string {
  // One row that says no time must not keep a page from showing the others.
  if (!Number.isFinite(at)) return "–";
  const day = (time: number): string =>
    zone === undefined ? new Date(time).toDateString() : format("day", zone).format(time);
  return format(day(at) === day(now) ? "time" : "day and time", zone).format(at);
}

const AN_HOUR = 60 * 60_000;

/** As `clock`; a time that comes twice, in the night when clocks go back, with the name of its zone: `1:30 AM EDT`. */
export function clockOnce(at: number, now: number, zone?: string): string {
  const said = clock(at, now, zone);
  if (said !== clock(at - AN_HOUR, now, zone) && said !== clock(at + AN_HOUR, now, zone)) return said;
  const name = format("zone", zone)
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName");
  return `${said} ${name?.value ?? ""}`;
}

/** A day of this year or of another, and the time of day. */
export function dayAndTime(at: number, now: number = Date.now()): string {
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const year = thisYear ? {} : ({ year: "numeric" } as const);
  const how = { ...year, day: "numeric", month: "long", hour: "numeric", minute: "2-digit" } as const;
  return new Intl.DateTimeFormat(locale(), how).format(at);
}

/** The page's language as formats want it; Spanish as in the Americas. */
export function locale(): string {
  const { lang } = document.documentElement;
  return lang === "es" ? "es-419" : lang;
}

const DAY = { weekday: "short", day: "numeric", month: "short" } as const;
const TIME = { hour: "numeric", minute: "2-digit" } as const;
const PARTS = { day: DAY, time: TIME, "day and time": { ...DAY, ...TIME }, zone: { timeZoneName: "short" } } as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a slow phone as long as drawing a row. */
function format(parts: keyof typeof PARTS, timeZone: string | undefined): Intl.DateTimeFormat {
  const lang = locale();
  // One that was made before the phone came to another zone would go on telling the time there.
  const key = `${lang} ${parts} ${timeZone ?? new Date().getTimezoneOffset()}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(lang, { ...PARTS[parts], timeZone });
  formats.set(key, made);
  return made;
}
