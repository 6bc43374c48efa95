import { isDeepStrictEqual } from 'node:util';
import type { StateAt } from './state-at.js';

export interface Changed {
  attribute: string;
  from?: unknown;
  to?: unknown;
}

/** What became different between two moments. */
export interface StateDifferences {
  from: Date;
  to: Date;
  status: { from: StateAt['status']; to: StateAt['status'] } | null;
  attributes: Changed[];
  groups: { joined: StateAt['groups']; left: StateAt['groups'] };
  accounts: AccountDifference[];
}

export interface AccountDifference {
  connection: { id: string; name: string | null };
  /** none: there was no account. */
  state: { from: 'none' | 'active' | 'inactive'; to: 'none' | 'active' | 'inactive' } | null;
  attributes: Changed[];
}

export function differencesBetween(before: StateAt, after: StateAt): StateDifferences {
  const inBoth = (groups: StateAt['groups'], { id }: { id: string }) =>
    groups.some((group) => group.id === id);
  const connections = new Map(
    [...before.accounts, ...after.accounts].map(({ connection }) => [connection.id, connection]),
  );
  return {
    from: before.at,
    to: after.at,
    status: before.status === after.status ? null : { from: before.status, to: after.status },
    attributes: changedValues(before.attributes ?? {}, after.attributes ?? {}),
    groups: {
      joined: after.groups.filter((group) => !inBoth(before.groups, group)),
      left: before.groups.filter((group) => !inBoth(after.groups, group)),
    },
    accounts: [...connections.values()].flatMap((connection) => {
      const find = ({ accounts }: StateAt) =>
        accounts.find((account) => account.connection.id === connection.id);
      const [then, now] = [find(before), find(after)];
      const from = then?.state ?? ('none' as const);
      const to = now?.state ?? ('none' as const);
      const attributes = changedValues(then?.attributes ?? {}, now?.attributes ?? {});
      if (from === to && attributes.length === 0) return [];
      return [{ connection, state: from === to ? null : { from, to }, attributes }];
    }),
  };
}

/** Old and new value of each attribute that differs, by name. */
export function changedValues(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Changed[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((attribute) => ({
      attribute,
      ...(attribute in before && { from: before[attribute] }),
      ...(attribute in after && { to: after[attribute] }),
    }));
}
