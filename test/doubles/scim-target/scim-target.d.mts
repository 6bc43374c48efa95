/** How the target misbehaves. "every: n" is one of each n in a row, drawn by the seed. Everything unset: it does not. */
export interface Faults {
  seed?: number;
  /** Fixed, or drawn between two bounds. */
  latencyMs?: number | [least: number, most: number];
  /** Of the writes: carried out, then the socket is cut. */
  loseAnswerEvery?: number;
  /** Of the writes: the socket is cut and nothing is done. */
  loseRequestEvery?: number;
  throttle?: {
    every: number;
    form?: 'seconds' | 'date' | 'ratelimit' | 'x-ratelimit' | 'silent';
    seconds?: number;
    status?: number;
  };
  /** `burst`: how many in a row fail each time. */
  fail?: { every: number; burst?: number; status?: number };
  /** Every call is refused with this status, and the credentials are echoed. */
  refuse?: 401 | 403;
  redirectTo?: string;
  /** Every call is answered with a web page of this status. */
  webPage?: number;
  ignoreFilter?: boolean;
  /** startIndex is ignored: the first page comes again and again. */
  repeatPage?: boolean;
  pageSize?: number;
  /** page: of this page only. */
  totalResults?: 'all' | 'page' | 'absent';
  /** A name that is taken: 409 by the book, another status with a sentence, or not noticed at all. */
  uniqueness?: 'scim' | 400 | 500 | 'off';
  /** An unknown member: 400 with its id, 400 without, 404, or taken. */
  unknownMember?: 'named' | 'unnamed' | '404' | 'accepted';
  /** Removing somebody who is no member is refused with noTarget. */
  strictRemoval?: boolean;
  /** 201 without a body; location: with the header. */
  emptyCreated?: boolean | 'location';
  /** No /ServiceProviderConfig. /Schemas and /ResourceTypes are never there. */
  undescribed?: boolean;
}

export interface RecordedCall {
  /** Epoch milliseconds at which the request had come in. */
  at: number;
  method: string;
  url: string;
  body?: any;
  /** userName or displayName the call was about, where it is known. */
  account?: string;
  status: number | 'lost' | 'open';
}

export interface Report {
  accounts: Record<string, any>[];
  groups: (Record<string, any> & { members: { value: string; type?: string }[] })[];
  /** Names under which a second one was made while the first was there. */
  duplicates: string[];
  created: number;
  deleted: number;
  calls: RecordedCall[];
  /** The most calls that were ever under way at once for one account. */
  mostAtOnce: number;
  mostAtOnceByAccount: Record<string, number>;
  mostInAll: number;
}

export interface ScimTarget {
  baseUrl: string;
  token: string;
  setFaults(faults: Faults): Promise<void>;
  /** Cuts every connection and refuses new ones until it comes back, on the same port. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  /** Cheap, to watch how far things have come. */
  counts(): Promise<{ accounts: number; calls: number }>;
  report(): Promise<Report>;
  stop(): Promise<void>;
}

export function startScimTarget(options?: {
  port?: number;
  token?: string;
  faults?: Faults;
}): Promise<ScimTarget>;
