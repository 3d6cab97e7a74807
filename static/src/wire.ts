/**
 * The API as the phone sees it (docs: `GET /api/v1/openapi.json`).
 * Types only: nothing here reaches the browser.
 */

export type Trait = "substantive" | "evidence" | "inquiry" | "nondefensive" | "personal" | "knowledge" | "action";

export type Setting = "passing" | "break" | "team_meeting" | "staff_meeting" | "one_to_one" | "other";

export type PlaceKind =
  | "hallway"
  | "lounge"
  | "meeting_room"
  | "classroom"
  | "office"
  | "library"
  | "cafeteria"
  | "outdoors"
  | "other";

export type Role = "district_admin" | "admin" | "observer" | "staff";

export type GroupSize = "2-3" | "4-7" | "8+";

/** A UUID in its usual 36 characters. */
export type Uuid = string;

/** RFC 3339 with offset: `2026-11-24T10:42:00-05:00`. */
export type Instant = string;

/** What was heard, said in full; a mended observation is said in full again. */
export interface Put {
  op: "put";
  id: Uuid;
  school: Uuid;
  /** The revision this began from, or null for a new observation. */
  base: number | null;
  place: Uuid;
  setting: Setting;
  /** Empty is an answer: none of the seven was heard. */
  heard: Trait[];
  observed_at: Instant;
  group_size: GroupSize | null;
  note: string | null;
  walkthrough: Uuid | null;
}

export interface Deletion {
  op: "delete";
  id: Uuid;
  school: Uuid;
  base: number | null;
}

export type Change = Put | Deletion;

/** `POST /api/v1/sync` */
export interface SyncCall {
  device: Uuid;
  account: Uuid;
  clock: Instant;
  schema: number;
  changes: Change[];
}

export type Status = "applied" | "unchanged" | "conflict" | "rejected";

/** Which field is wrong and why, in words for the person. */
export interface FieldProblem {
  field: string | null;
  detail: string;
}

/** What the server holds of an observation; a deleted one has `op: "delete"`. */
export interface Current {
  op: "put" | "delete";
  revision: number;
  place?: Uuid;
  setting?: Setting;
  heard?: Trait[];
  observed_at?: Instant;
  group_size?: GroupSize | null;
  note?: string | null;
  walkthrough?: Uuid | null;
}

export interface Result {
  id: Uuid;
  status: Status;
  revision: number | null;
  problem: FieldProblem | null;
  current: Current | null;
}

export interface SyncAnswer {
  clock: Instant;
  results: Result[];
}

/** One observation of the feed, latest state; `mine` and `note` are told to its observer only. */
export interface FeedItem extends Current {
  id: Uuid;
  mine?: boolean;
}

/** `GET /api/v1/changes` */
export interface Feed {
  changes: FeedItem[];
  cursor: string | number;
  more: boolean;
}

export interface SchoolOfMine {
  id: Uuid;
  name: string;
  role: Role;
  timezone: string;
}

/** `GET /api/v1/session` */
export interface Session {
  account: Uuid;
  name: string;
  schools: SchoolOfMine[];
}

export interface Place {
  id: Uuid;
  name: string;
  kind: PlaceKind;
  floor: number | null;
  archived: boolean;
  /** The place that this one is part of now; a sign on its door leads there. */
  merged_into?: Uuid | null;
}

/** `GET /api/v1/schools/{school}/setup` */
export interface Setup {
  timezone: string;
  places: Place[];
  revision: number | string;
  /** Whether this school lets observers keep private notes. */
  notes?: boolean;
}
