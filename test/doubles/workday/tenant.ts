/** A made-up Workday tenant: people, what HR has entered of them and when, and who may ask. */

export interface WorkerState {
  legalFirstName?: string;
  legalMiddleName?: string;
  legalLastName?: string;
  preferredFirstName?: string;
  preferredLastName?: string;
  userName?: string;
  title?: string;
  department?: string;
  company?: string;
  costCenter?: string;
  city?: string;
  street?: string;
  country?: string;
  /** WIDs from the top down; null for a vacant place at the end. */
  managers?: (string | null)[];
  provisioningGroups?: string[];
}

/** One transaction. It is known from when it was entered and holds from its date. */
export interface HrEvent {
  type: 'hire' | 'terminate' | 'change';
  /** YYYY-MM-DD. Of a termination the last day of employment. */
  effective: string;
  /** Epoch ms. */
  entered: number;
  /** Epoch ms: taken back, as if it had never been. */
  rescinded?: number;
  state?: WorkerState;
}

export interface Contact {
  id: string;
  kind: 'email' | 'phone';
  value: string;
  usage: 'WORK' | 'HOME';
  primary: boolean;
  isPublic: boolean;
  device?: string;
  callingCode?: string;
  extension?: string;
}

export interface Worker {
  wid: string;
  kind: 'Employee' | 'Contingent_Worker';
  workerId: string;
  events: HrEvent[];
  contacts: Contact[];
  /** Business events that write-back has made. */
  written: { at: number; what: string }[];
  /** Another business process of this worker is under way. */
  inProgress?: boolean;
}

export type Domain =
  | 'names'
  | 'contacts'
  | 'employment'
  | 'organizations'
  | 'management'
  | 'provisioning'
  | 'write'
  | 'accounts';

export interface Account {
  password: string;
  domains: Set<Domain>;
}

export const allDomains: Domain[] = [
  'names',
  'contacts',
  'employment',
  'organizations',
  'management',
  'provisioning',
  'write',
  'accounts',
];

/** YYYY-MM-DD at an instant where the tenant is. */
export function dayIn(timeZone: string, instant: number): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)!.value;
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** What is known of a worker at `entry` to hold on `day`. Undefined: nobody has been entered by then. */
export function asOf(worker: Worker, day: string, entry: number) {
  const known = worker.events.filter(({ entered }) => entered <= entry);
  const hires = known.filter(({ type }) => type === 'hire');
  if (hires.length === 0) return undefined;
  const valid = known
    .filter(({ rescinded }) => rescinded === undefined || rescinded > entry)
    .toSorted((a, b) => a.effective.localeCompare(b.effective) || a.entered - b.entered);
  const state: WorkerState = {};
  const hired = valid.findLast(({ type }) => type === 'hire');
  for (const event of valid) {
    // A name is known at once; a position is held from its day.
    if (event.effective <= day) Object.assign(state, event.state);
    else if (event.type === 'hire')
      for (const [name, value] of Object.entries(event.state ?? {}))
        if (/name/i.test(name) && !(name in state)) Object.assign(state, { [name]: value });
  }
  const ended = valid.findLast(
    ({ type, effective }) => type === 'terminate' && (!hired || effective >= hired.effective),
  );
  const working = hired !== undefined && hired.effective <= day;
  const terminated = ended !== undefined && ended.effective < day;
  return {
    state,
    hireDate: (hired ?? hires.at(-1)!).effective,
    active: working && !terminated,
    terminated,
    // Workday shows the date of a termination once it is entered.
    terminationDate: ended?.effective,
    rescinded: hired === undefined,
    /** A future hire has no position yet. */
    placed: working,
  };
}
