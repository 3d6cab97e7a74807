/** Words in the singular and in the plural, as English and Spanish have them. */
export interface Forms {
  one: string;
  other: string;
}

/** What scripts say, in the language of the page; written by templates/observing/_words.html. */
export interface Words {
  state: {
    all_sent: string;
    waiting: Forms;
    sending: string;
    sign_in: Forms;
    needs_you: Forms;
  };
  update: { ready: string; refresh: string };
  install: { offer: string; install: string; ios: string; later: string };
  sign_out: { unsent: Forms; stays: string; anyway: string; stay: string };
  record: {
    save: string;
    save_heard: Forms;
    save_none: string;
    saved: string;
    mended: string;
    deleted: string;
    undo: string;
    undone: string;
    choose: string;
    choose_place: string;
    choose_time: string;
    full: string;
    failed: string;
    unknown: string;
    now: string;
    ago: Forms;
    filed: string;
    ground_floor: string;
    floor: string;
    no_floor: string;
    unsent: string;
    none: string;
    mend: string;
    delete: string;
    mending: string;
    gone_place: string;
  };
  outbox: {
    nothing: string;
    saved_at: string;
    waits: string;
    follows: string;
    signed_out: string;
    trying: string;
    deletion: string;
    others: Forms;
    rejected: string;
    conflict: string;
    conflict_deleted: string;
    refused: string;
    unreadable: string;
    mend: string;
    resend: string;
    discard: string;
    discard_sure: string;
    keep: string;
  };
  settings: Record<string, string>;
  kinds: Record<string, string>;
  /** Which setting is usual at which kind of place. */
  usual: Record<string, string>;
  traits: Record<string, string>;
}

let read: Words | null = null;

/** The words of this page. */
export function words(): Words {
  read ??= JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Words;
  return read;
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
  const day = today ? {} : ({ weekday: "short", day: "numeric", month: "short" } as const);
  const how = { ...day, hour: "numeric", minute: "2-digit", timeZone: zone } as const;
  return new Intl.DateTimeFormat(document.documentElement.lang, how).format(at);
}
