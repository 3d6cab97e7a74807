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
    needs_you: Forms;
  };
  sign_out: { unsent: Forms };
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
    choose_time: string;
    full: string;
    failed: string;
    unknown: string;
    now: string;
    ago: Forms;
    filed: string;
    filed_there: string;
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
    nothing: string;
    waits: string;
    trying: string;
    signed_out: string;
    update_first: string;
    saved_at: string;
    follows: string;
    deletion: string;
    others: Forms;
    rejected: string;
    conflict: string;
    conflict_deleted: string;
    refused: string;
    unreadable: string;
  };
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

/** The time of day, and the day too if it is not today, in the page's language. */
export function clock(at: number, now: number = Date.now(), zone?: string): string {
  const today = new Date(at).toDateString() === new Date(now).toDateString();
  return format(today, zone).format(at);
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

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a slow phone as long as drawing a row. */
function format(today: boolean, zone: string | undefined): Intl.DateTimeFormat {
  const lang = locale();
  const key = `${lang} ${today} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const day = today ? {} : ({ weekday: "short", day: "numeric", month: "short" } as const);
  const how = { ...day, hour: "numeric", minute: "2-digit", timeZone: zone } as const;
  const made = new Intl.DateTimeFormat(lang, how);
  formats.set(key, made);
  return made;
}
