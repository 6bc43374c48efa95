import { samePhone } from './phone-number.js';
import type { ContactEntry, WorkContacts } from './work-contacts.js';

export type ContactAttribute = 'workEmail' | 'workPhone' | 'workMobile';

/** What a worker's contacts should be. null: none. Left out: as they are. */
export type WantedContacts = Partial<Record<ContactAttribute, string | null>>;

export type EntryChange = { change: 'set'; entry: ContactEntry } | { change: 'delete'; entry: ContactEntry };

export interface ContactPlan {
  emails: EntryChange[];
  phones: EntryChange[];
  /** Attributes whose value is to go, and Workday does not tell by which id. */
  undeletable: ContactAttribute[];
}

const devices = { workPhone: 'Landline', workMobile: 'Mobile' } as const;

/**
 * What differs between the contacts there are and those wanted. Each write makes a business event at Workday, so what
 * is the same but for the way it is written is left alone.
 */
export function planContacts(there: WorkContacts, wanted: WantedContacts, phoneCountry: string): ContactPlan {
  const undeletable: ContactAttribute[] = [];
  const emails = planEntries(there.emails, (entries) => {
    if (wanted.workEmail === undefined) return;
    const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
    const left = replace(entries, () => true, wanted.workEmail, {}, same);
    if (left) undeletable.push('workEmail');
  });
  const phones = planEntries(there.phones, (entries) => {
    for (const attribute of ['workPhone', 'workMobile'] as const) {
      const value = wanted[attribute];
      if (value === undefined) continue;
      const device = devices[attribute];
      const same = (one: string, other: string) => samePhone(one, other, phoneCountry);
      const left = replace(entries, (each) => each.device === device, value, { device }, same);
      if (left) undeletable.push(attribute);
    }
  });
  return { emails, phones, undeletable };
}

interface Standing {
  entry: ContactEntry;
  change?: 'set' | 'delete';
}

/** Workday wants exactly one primary among the entries that stay. */
function planEntries(there: ContactEntry[], edit: (entries: Standing[]) => void): EntryChange[] {
  const entries: Standing[] = there.map((entry) => ({ entry }));
  edit(entries);
  const changed = entries.some(({ change }) => change !== undefined);
  const staying = entries.filter(({ change }) => change !== 'delete');
  if (changed && staying.length > 0 && !staying.some(({ entry }) => entry.primary)) {
    const first = staying[0]!;
    first.entry = { ...first.entry, primary: true };
    first.change = 'set';
  }
  return entries.flatMap(({ entry, change }) => (change ? [{ change, entry }] : []));
}

/** @returns true where the value is to go and cannot, for want of a reference */
function replace(
  entries: Standing[],
  concerns: (entry: ContactEntry) => boolean,
  value: string | null,
  made: Partial<ContactEntry>,
  same: (one: string, other: string) => boolean,
): boolean {
  const mine = entries.filter(({ entry }) => concerns(entry));
  const current = mine.find(({ entry }) => entry.primary) ?? mine[0];
  if (value === null) {
    if (!current) return false;
    if (!current.entry.reference) return true;
    current.change = 'delete';
    return false;
  }
  if (current && same(current.entry.value, value)) return false;
  if (current) {
    current.entry = { ...current.entry, value };
    current.change = 'set';
  } else {
    entries.push({ entry: { value, primary: false, isPublic: true, ...made }, change: 'set' });
  }
  return false;
}
