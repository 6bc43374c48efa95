import type { Outcome, Refusal, RemoteObject, SubjectType, WireCall } from '../../contract.js';
import { getObject } from './get-object.js';
import { readPage } from './list-page.js';
import { beginning, readCursor } from './page-place.js';
import type { Session } from './session.js';

const mostPages = 50;

/**
 * Objects whose attribute has this value. Each result is compared here: many apps search for parts of texts, or ignore
 * what they do not understand. Where the app cannot search by the attribute, its list is read.
 */
export async function findObjects(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): Promise<Outcome<RemoteObject[]>> {
  const requests = session.settings[`${type}s`];
  const { find, list } = requests ?? {};
  const searchable = find && (find.attributes?.includes(key.attribute) ?? true);
  const request = searchable ? find : list;
  if (key.attribute === 'id' && requests?.get) return byId(session, type, key.value);
  // Nothing can be looked up: whoever creates relies on the operation id.
  if (!requests || !request) return { kind: 'ok', value: [] };
  const { pageSize: limit } = session.settings;
  const input = searchable
    ? { operation: 'find' as const, type, ...key, limit }
    : { operation: 'list' as const, type, limit };
  const caseExact = requests.attributes?.find(({ name }) => name === key.attribute)?.caseExact ?? false;
  const same = comparer(caseExact, key.value);
  const calls: WireCall[] = [];
  const matches = new Map<string, { object: RemoteObject; literal: boolean }>();
  let place = beginning;
  for (let pages = 0; pages < mostPages; pages += 1) {
    const outcome = await readPage(session, requests, request, input, place, false);
    calls.push(...(outcome.calls ?? []));
    if (outcome.kind === 'not-found') break;
    if (outcome.kind !== 'ok') return { ...outcome, calls } as Outcome<RemoteObject[]>;
    const objects = await completed(session, type, key.attribute, outcome.value.objects, calls);
    if ('kind' in objects) return { ...objects, calls };
    for (const object of objects) {
      const found = object.attributes[key.attribute];
      const values: unknown[] = Array.isArray(found) ? found : [found];
      if (values.some(same))
        matches.set(object.id, { object, literal: values.map(String).includes(key.value) });
    }
    const { nextCursor, cutShort } = outcome.value;
    if (cutShort !== undefined && matches.size === 0) return endless(key.attribute, calls);
    if (nextCursor === undefined) break;
    if (pages === mostPages - 1) return endless(key.attribute, calls);
    place = readCursor(nextCursor)!;
  }
  const found = best([...matches.values()]);
  if (!requests.readEach) return { kind: 'ok', value: found, calls };
  const whole = await readEach(session, type, found, calls);
  return 'kind' in whole ? { ...whole, calls } : { kind: 'ok', value: whole, calls };
}

/** Of a page that leaves the attribute out, each object as a whole. */
async function completed(
  session: Session,
  type: SubjectType,
  attribute: string,
  objects: RemoteObject[],
  calls: WireCall[],
): Promise<RemoteObject[] | Refusal> {
  if (!session.settings[`${type}s`]?.readEach) return objects;
  const [there, rest] = [objects.filter(has(attribute)), objects.filter((each) => !has(attribute)(each))];
  const whole = await readEach(session, type, rest, calls);
  return 'kind' in whole ? whole : [...there, ...whole];
}

const has = (attribute: string) => (object: RemoteObject) => object.attributes[attribute] !== undefined;

async function readEach(
  session: Session,
  type: SubjectType,
  objects: RemoteObject[],
  calls: WireCall[],
): Promise<RemoteObject[] | Refusal> {
  const whole: RemoteObject[] = [];
  for (const { id } of objects) {
    const outcome = await getObject(session, type, id);
    calls.push(...(outcome.calls ?? []));
    if (outcome.kind === 'ok') whole.push(outcome.value);
    else if (outcome.kind !== 'not-found') return outcome as Refusal;
  }
  return whole;
}

async function byId(session: Session, type: SubjectType, id: string): Promise<Outcome<RemoteObject[]>> {
  const outcome = await getObject(session, type, id);
  if (outcome.kind === 'ok') return { kind: 'ok', value: [outcome.value], calls: outcome.calls };
  return outcome.kind === 'not-found'
    ? { kind: 'ok', value: [], calls: outcome.calls }
    : (outcome as Outcome<never>);
}

const endless = (attribute: string, calls: WireCall[]): Outcome<RemoteObject[]> => ({
  kind: 'rejected',
  code: 'search-too-long',
  attribute,
  message: `The target holds more objects than can be looked through one by one for ${attribute}.`,
  remedy: 'Match by an attribute the app can search by, and narrow the search request in the settings.',
  calls,
});

function comparer(exact: boolean, wanted: string): (value: unknown) => boolean {
  const lower = wanted.toLowerCase();
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return false;
    return exact ? String(value) === wanted : String(value).toLowerCase() === lower;
  };
}

/** An object spelled exactly like this comes before those that differ in case. */
function best(matches: { object: RemoteObject; literal: boolean }[]): RemoteObject[] {
  const literal = matches.filter((each) => each.literal);
  return (literal.length > 0 ? literal : matches).map(({ object }) => object);
}
