import { isObject, readPath } from '@rollcall/scim';
import type { Outcome, RemoteObject, SubjectType, WireCall } from '../../contract.js';
import { attributeOf, parseAttributePath, printCondition, resourceTypes } from './attribute-path.js';
import { isList, noList, readList } from './list-page.js';
import { readResource } from './read-resource.js';
import { wirePath } from './dialect.js';
import { collectionOf, type Session, type Sent } from './session.js';

const mostPages = 20;

/**
 * Objects whose attribute has this value (RFC 7644 section 3.4.2.2). Every result is compared here, since
 * servers ignore filters they do not understand and return everything; such a list is read on for a few
 * pages, and given up loudly rather than taken for "not there".
 */
export async function findObjects(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): Promise<Outcome<RemoteObject[]>> {
  const path = parseAttributePath(type, key.attribute);
  const same = comparer(path.caseExact, key.value);
  const calls: WireCall[] = [];
  const matches = new Map<string, { object: RemoteObject; literal: boolean }>();
  let seen = 0;
  let firstId: unknown;
  const begun = await firstPage(session, type, key, calls);
  let { sent } = begun;
  for (let page = 0; page < mostPages; page++) {
    if (page > 0) {
      sent = await session.send(query(type, begun.filter, seen + 1));
      calls.push(sent.call);
    }
    if (sent.refused) {
      // Some servers say "no match" with 404 where RFC 7644 section 3.4.2 wants an empty list.
      if (sent.reply?.status === 404 && isObject(sent.reply.body)) return { kind: 'ok', value: [], calls };
      return { ...sent.refused, calls };
    }
    if (!isList(sent.reply.body)) return noList(calls);
    const { resources, total } = readList(sent.reply.body);
    const pageFirst = isObject(resources[0]) ? resources[0].id : undefined;
    const repeated = page > 0 && pageFirst === firstId;
    firstId ??= pageFirst;
    let strangers = 0;
    for (const resource of repeated ? [] : resources) {
      const object = readResource(resource);
      if (!object) continue;
      const found = readPath(resource as Record<string, unknown>, key.attribute, resourceTypes[type]);
      const values: unknown[] = Array.isArray(found) ? found : [found];
      if (values.some(same)) matches.set(object.id, { object, literal: values.includes(key.value) });
      else strangers++;
    }
    seen += resources.length;
    if (repeated && total !== seen - resources.length) break;
    const filterIgnored = strangers > 0;
    const more = filterIgnored && matches.size === 0 && (total === undefined || seen < total);
    if (!more) {
      const told = { calls, ...(sent.reply.hints && { hints: sent.reply.hints }) };
      return { kind: 'ok', value: best([...matches.values()]), ...told };
    }
  }
  return {
    kind: 'rejected',
    code: 'filter-ignored',
    attribute: key.attribute,
    message: `The target ignores the filter on ${key.attribute} and holds more accounts than can be read one by one.`,
    remedy: 'Match by an attribute the app can search by, such as userName.',
    calls,
  };
}

/** The first answer that is not a refusal of the filter, and the filter it was given to. */
async function firstPage(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
  calls: WireCall[],
): Promise<{ sent: Sent; filter: string | undefined }> {
  const filters = filtersFor(session, type, key);
  for (let at = 0; ; at += 1) {
    const sent = await session.send(query(type, filters[at]));
    calls.push(sent.call);
    if (sent.reply?.status !== 400 || at + 1 === filters.length) return { sent, filter: filters[at] };
  }
}

/** Undefined stands for the list of everything. Some servers do not read the escapes of a value with quotes. */
function filtersFor(
  session: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): (string | undefined)[] {
  const filter = filterOf(session, type, key);
  if (filter === undefined) return [undefined];
  const strict = strictFilterOf(session, type, key);
  return [filter, ...(strict === undefined ? [] : [strict]), ...(/["\\]/.test(key.value) ? [undefined] : [])];
}

const query = (type: SubjectType, filter: string | undefined, startIndex?: number) => ({
  method: 'GET' as const,
  path: collectionOf[type],
  query: {
    ...(filter !== undefined && { filter }),
    ...(startIndex !== undefined && { startIndex: String(startIndex) }),
    ...(type === 'group' && { excludedAttributes: 'members' }),
  },
  wantsBody: true,
});

/**
 * `emails[type eq "work"].value eq "x"`: not RFC grammar, but what Entra sends and most servers know. SCIM 1.1 has
 * no value paths. Undefined where the app cannot search by the attribute: its list is read instead.
 */
function filterOf(
  { settings }: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): string | undefined {
  const path = parseAttributePath(type, key.attribute);
  const names = [key.attribute, attributeOf(path)].map((name) => name.toLowerCase());
  const { searchable } = settings;
  if (searchable.length > 0 && !searchable.some((name) => names.includes(name.toLowerCase())))
    return undefined;
  const plain = settings.protocol === '1.1' && path.where !== undefined;
  const name = plain ? `${attributeOf(path)}.${path.sub ?? 'value'}` : key.attribute;
  return `${wirePath(name, settings)} eq ${JSON.stringify(key.value)}`;
}

/** The same as a value filter of RFC 7644 figure 1: `emails[type eq "work" and value eq "x"]`. */
function strictFilterOf(
  { settings }: Session,
  type: SubjectType,
  key: { attribute: string; value: string },
): string | undefined {
  const path = parseAttributePath(type, key.attribute);
  if (!path.where || path.sub === undefined || settings.protocol === '1.1') return undefined;
  const conditions = [...path.where, { attribute: path.sub, value: key.value }];
  return `${wirePath(attributeOf(path), settings)}[${conditions.map(printCondition).join(' and ')}]`;
}

function comparer(exact: boolean, wanted: string): (value: unknown) => boolean {
  const lower = wanted.toLowerCase();
  return (value) => (exact ? value === wanted : typeof value === 'string' && value.toLowerCase() === lower);
}

/** An account spelled exactly like this comes before those that differ in case. */
function best(matches: { object: RemoteObject; literal: boolean }[]): RemoteObject[] {
  const literal = matches.filter((each) => each.literal);
  return (literal.length > 0 ? literal : matches).map((each) => each.object);
}
