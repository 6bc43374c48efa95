import SCIMMY from 'scimmy';
import { NameTaken, NoSuchMember, NotThere } from './account-store.errors.js';
import type { AccountStore, Attributes, Stored } from './account-store.js';

const { User, Group } = SCIMMY.Resources;

type Asked = {
  id?: string;
  filter?: { match(values: object[]): object[] } & Iterable<Record<string, unknown>>;
  constraints?: { startIndex?: number; count?: number; sortBy?: string; totalResults?: number };
};

/**
 * Tells scimmy what users and groups are. It keeps them for the whole process, so the store comes with every
 * call: several sandboxes can run side by side.
 */
export function declareResources(): void {
  if (SCIMMY.Resources.declared('User')) return;
  SCIMMY.Resources.declare(User.extend(SCIMMY.Schemas.EnterpriseUser, false))
    .ingress(
      (resource, data, store: AccountStore) =>
        attempt(() => store.saveUser(resource.id, plain(data))) as never,
    )
    .egress(
      (resource, store: AccountStore) => attempt(() => read(resource as Asked, store, 'users')) as never,
    )
    .degress((resource, store: AccountStore) => attempt(() => store.deleteUser(resource.id!)));
  SCIMMY.Resources.declare(Group)
    .ingress(
      (resource, data, store: AccountStore) =>
        attempt(() => store.saveGroup(resource.id, plain(data))) as never,
    )
    .egress(
      (resource, store: AccountStore) => attempt(() => read(resource as Asked, store, 'groups')) as never,
    )
    .degress((resource, store: AccountStore) => attempt(() => store.deleteGroup(resource.id!)));
}

/** Handlers answer with plain objects: scimmy's own carry getters for every spelling of a name. */
const plain = (data: object): Attributes => JSON.parse(JSON.stringify(data)) as Attributes;

function attempt<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof NotThere) throw new SCIMMY.Types.Error(404, '', error.message);
    if (error instanceof NameTaken) throw new SCIMMY.Types.Error(409, 'uniqueness', error.message);
    if (error instanceof NoSuchMember) throw new SCIMMY.Types.Error(400, 'invalidValue', error.message);
    throw error;
  }
}

function read(asked: Asked, store: AccountStore, kind: 'users' | 'groups'): Stored | Stored[] {
  const collection = store[kind];
  if (asked.id !== undefined) {
    const found = collection.get(asked.id);
    if (!found) throw new NotThere(asked.id);
    return found;
  }
  if (!asked.filter) return page(asked, collection.all());
  const key = soleEquality(asked.filter);
  const name = kind === 'users' ? 'username' : 'displayname';
  if (key?.attribute === name) return [collection.named(key.value)].filter((each) => each !== undefined);
  if (key?.attribute === 'externalid') return collection.withExternalId(key.value);
  if (key?.attribute === 'id') return [collection.get(key.value)].filter((each) => each !== undefined);
  return collection.all().filter((each) => meets(each, asked.filter!));
}

/** scimmy throws for a resource that lacks a complex attribute of the filter. */
function meets(resource: Stored, filter: NonNullable<Asked['filter']>): boolean {
  try {
    return filter.match([resource]).length > 0;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function soleEquality(
  filter: Iterable<Record<string, unknown>>,
): { attribute: string; value: string } | undefined {
  const alternatives = [...filter];
  const entries = Object.entries(alternatives[0] ?? {});
  const [attribute, expression] = entries[0] ?? [];
  if (alternatives.length !== 1 || entries.length !== 1 || !Array.isArray(expression)) return undefined;
  const [comparator, value]: unknown[] = expression;
  return String(comparator).toLowerCase() === 'eq' && typeof value === 'string'
    ? { attribute: attribute!.toLowerCase(), value }
    : undefined;
}

/**
 * scimmy builds every resource it is given before it cuts the page out, so it is given the page alone where it
 * will take that as it is: it cuts again when the list reaches startIndex.
 */
function page(asked: Asked, all: Stored[]): Stored[] {
  const { startIndex = 1, count = 20, sortBy } = asked.constraints ?? {};
  if (sortBy !== undefined || (startIndex > 1 && startIndex <= count)) return all;
  asked.constraints = { ...asked.constraints, totalResults: all.length };
  return all.slice(startIndex - 1, startIndex - 1 + count);
}
