import { isObject } from '@rollcall/scim';
import type { Outcome, Refusal, RemoteObject, SubjectType } from '../../contract.js';
import { propertyOf, selected } from './attributes.js';
import { equals, objectPath, userPath } from './odata.js';
import { readObject } from './read-object.js';
import type { Call, Session } from './session.js';
import { notYet, Work } from './work.js';

const mostMatches = '10';
const mostPages = 2_000;

/** What is read of an object: all of $select, and of a user the manager, who is never in it. */
export function viewOf(session: Session, type: SubjectType): Record<string, string> {
  const { extensionAttributes } = session.settings;
  return {
    $select: selected(type, extensionAttributes),
    ...(type === 'user' && { $expand: 'manager($select=id)' }),
  };
}

export async function getObject(
  session: Session,
  type: SubjectType,
  id: string,
  { members = false }: { members?: boolean } = {},
): Promise<Outcome<RemoteObject>> {
  const work = new Work(session);
  const sent = await work.send({
    method: 'GET',
    path: objectPath(type, id),
    query: viewOf(session, type),
    object: true,
  });
  if (sent.refused) {
    const hidden = sent.refused.kind === 'not-found' && session.fresh.has(id);
    return work.refused(hidden ? notYet(type) : sent.refused);
  }
  const value = readObject(type, sent.reply.body);
  if (!value)
    return work.refused({ kind: 'rejected', code: 'no-id', message: 'Microsoft Graph gave no object.' });
  if (type === 'group' && members) {
    const found = await readMembers(work, id);
    if ('refused' in found) return work.refused(found.refused);
    value.members = found.members;
  }
  return { kind: 'ok', value, ...work.told(sent.reply) };
}

/** Users and groups; devices and the like have no counterpart in the hub. */
async function readMembers(
  work: Work,
  groupId: string,
): Promise<{ members: NonNullable<RemoteObject['members']> } | { refused: Refusal }> {
  const members: NonNullable<RemoteObject['members']> = [];
  let next: Call = {
    method: 'GET',
    path: `${objectPath('group', groupId)}/members`,
    query: { $select: 'id', $top: '999' },
    object: true,
  };
  for (let pages = 0; pages < mostPages; pages += 1) {
    const sent = await work.send(next);
    if (sent.refused) return { refused: sent.refused };
    const page = readPage(sent.reply.body);
    if (!page) return { refused: notGraph };
    const { value, nextLink } = page;
    for (const each of value) {
      const type = /^#microsoft\.graph\.(user|group)$/.exec(String(each['@odata.type']))?.[1];
      if (type !== undefined && typeof each.id === 'string')
        members.push({ id: each.id, type: type as SubjectType });
    }
    if (nextLink === undefined) return { members };
    const path = work.session.belowBase(nextLink);
    if (path === undefined || path === next.path) break;
    next = { method: 'GET', path, object: true };
  }
  return {
    refused: {
      kind: 'rejected',
      code: 'members-cut-short',
      message: 'Microsoft Graph does not give the members of the group to their end.',
      remedy: 'Try again later; Microsoft support helps with the request-id of the calls.',
    },
  };
}

/** A collection of OData always has a `value`: without one nobody must be taken for absent. */
export const notGraph: Refusal = {
  kind: 'retry',
  scope: 'connection',
  message: 'The answer is not one of Microsoft Graph: something else stands at its address in the settings.',
};

export function readPage(
  body: unknown,
): { value: Record<string, unknown>[]; nextLink?: string; deltaLink?: string } | undefined {
  if (!isObject(body) || !Array.isArray(body.value)) return undefined;
  const { '@odata.nextLink': nextLink, '@odata.deltaLink': deltaLink } = body;
  return {
    value: body.value.filter(isObject),
    ...(typeof nextLink === 'string' && { nextLink }),
    ...(typeof deltaLink === 'string' && { deltaLink }),
  };
}

/** A user by name is read directly, which shows it sooner than any search does. */
export async function findObjects(
  session: Session,
  type: SubjectType,
  { attribute, value }: { attribute: string; value: string },
): Promise<Outcome<RemoteObject[]>> {
  const work = new Work(session);
  const property = propertyOf(type, attribute);
  if (!property || property.search === 'no') {
    return {
      kind: 'rejected',
      code: 'not-searchable',
      attribute,
      message: `Microsoft Graph cannot search ${type}s by ${attribute}.`,
      remedy: `Match by ${type === 'user' ? 'userPrincipalName, mail or employeeId' : 'displayName'}.`,
    };
  }
  const direct = (type === 'user' && attribute === 'userPrincipalName') || attribute === 'id';
  const sent = await work.send(
    direct
      ? {
          method: 'GET',
          path: type === 'user' ? userPath(value) : objectPath(type, value),
          query: viewOf(session, type),
          object: true,
        }
      : {
          method: 'GET',
          path: `/${type}s`,
          query: {
            $filter: equals(attribute, value, property.search === 'any'),
            ...viewOf(session, type),
            $top: mostMatches,
          },
          advanced: property.search !== 'plain',
        },
  );
  if (sent.refused && !(direct && sent.refused.kind === 'not-found')) return work.refused(sent.refused);
  const bodies = sent.refused ? [] : direct ? [sent.reply.body] : readPage(sent.reply.body)?.value;
  if (!bodies || (direct && bodies.some((body) => !readObject(type, body)))) return work.refused(notGraph);
  const found = bodies
    .map((body) => readObject(type, body))
    .filter((each) => each !== undefined)
    .filter((each) => has(each, attribute, value));
  if (found.length === 0 && session.fresh.someHas(type, attribute, value)) return work.refused(notYet(type));
  return { kind: 'ok', value: found, ...(sent.reply && work.told(sent.reply)) };
}

function has({ id, attributes }: RemoteObject, attribute: string, value: string): boolean {
  const given = attribute === 'id' ? id : attributes[attribute];
  const wanted = value.toLowerCase();
  const values = Array.isArray(given) ? given : [given];
  return values.some((each) => typeof each === 'string' && each.toLowerCase() === wanted);
}
