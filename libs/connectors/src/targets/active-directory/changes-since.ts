import type { ChangesPage, Outcome, SubjectType } from '../../contract.js';
import type { Listings } from '../ldap/listings.js';
import { isCode, resultCode } from '../ldap/result-codes.js';
import { valuesOf, type Work } from '../ldap/server-link.js';
import type { Domain } from './domain.js';
import { guidText } from './guid.js';
import { showDeleted } from './request-controls.js';

/** Update sequence numbers count within one copy of the directory, which invocationId names (MS-ADTS section 3.1.1.1.9). */
interface Place {
  invocation: string;
  usn: string;
}

/**
 * What has changed since a token, by uSNChanged, and the tombstones since. A restored domain controller has another
 * invocationId: its numbers say nothing about those before.
 */
export async function changesSince(
  domain: Domain,
  listings: Listings,
  type: SubjectType,
  query: { token?: string; cursor?: string; limit?: number },
  work: Work,
): Promise<Outcome<ChangesPage>> {
  if (query.cursor !== undefined) return withTombstones(await listings.page(type, query, work));
  const from = query.token === undefined ? undefined : readToken(query.token);
  if (query.token !== undefined && !from)
    return {
      kind: 'rejected',
      code: 'bad-token',
      message: 'The token was not given out by this connection.',
      remedy: 'Read everything, and begin again without a token.',
    };
  const invocation = await invocationOf(domain, work);
  if (invocation === undefined)
    return {
      kind: 'rejected',
      code: 'no-invocation-id',
      message:
        'The domain controller does not show its invocationId, so its counting cannot be told from another.',
      remedy: 'Give the service account the right to read CN=Sites in the configuration.',
      calls: work.calls,
    };
  if (from && from.invocation !== invocation)
    return {
      kind: 'rejected',
      code: 'other-server',
      message:
        'This is another domain controller than before, or it was restored from a backup: it counts anew.',
      remedy: 'Read everything, and begin again without a token. Give one domain controller, not the domain.',
      calls: work.calls,
    };
  const usn = await domain.lastChange(work);
  const token = writeToken({ invocation, usn: String(usn) });
  if (!from) return { kind: 'ok', value: { objects: [], deleted: [], token }, calls: work.calls };
  const further = `(uSNChanged>=${BigInt(from.usn) + 1n})`;
  const deleted = await tombstones(domain, type, further, work);
  const told = { token, deleted: deleted ?? [], ...(deleted === undefined && { deletionsUnknown }) };
  return withTombstones(await listings.page(type, { limit: query.limit }, work, further, told));
}

const deletionsUnknown =
  'Deletions are not in it: the service account may not read CN=Deleted Objects. Compare with a list of everything.';

function withTombstones(outcome: Outcome<object>): Outcome<ChangesPage> {
  if (outcome.kind !== 'ok') return outcome;
  return { ...outcome, value: { deleted: [], ...outcome.value } as unknown as ChangesPage };
}

async function invocationOf(domain: Domain, work: Work): Promise<string | undefined> {
  const { service } = await domain.facts(work);
  const [entry] = await domain.search(work, service, { scope: 'base', attributes: ['invocationId'] });
  const [id] = valuesOf(entry, 'invocationId');
  return Buffer.isBuffer(id) ? guidText(id) : undefined;
}

/** Undefined: they may not be read. */
async function tombstones(
  domain: Domain,
  type: SubjectType,
  further: string,
  work: Work,
): Promise<{ id: string }[] | undefined> {
  const base = `CN=Deleted Objects,${(await domain.facts(work)).domain}`;
  if (!(await mayRead(domain, base, work))) return undefined;
  const filter = `(&(isDeleted=TRUE)(objectClass=${type})${further})`;
  const call = domain.call('SEARCH', base, { filter, attributes: ['objectGUID'] });
  return domain.run({ work, call }, async (client) => {
    const { searchEntries } = await client.search(
      base,
      {
        filter,
        attributes: ['objectGUID'],
        explicitBufferAttributes: domain.binaryAttributes,
        paged: { pageSize: domain.settings.pageSize },
      },
      showDeleted(),
    );
    return searchEntries.flatMap((entry) => {
      const [id] = valuesOf(entry, 'objectGUID');
      return Buffer.isBuffer(id) ? [{ id: guidText(id) }] : [];
    });
  });
}

/** Without the right to it the container is hidden, or shown without attributes, and seems to be empty. */
async function mayRead(domain: Domain, base: string, work: Work): Promise<boolean> {
  try {
    const [entry] = await domain.search(work, base, {
      scope: 'base',
      attributes: ['objectGUID'],
      controls: [showDeleted()],
    });
    return valuesOf(entry, 'objectGUID').some((value) => Buffer.isBuffer(value));
  } catch (error) {
    if (isCode(error, resultCode.noSuchObject, resultCode.insufficientAccessRights)) return false;
    throw error;
  }
}

const writeToken = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function readToken(token: string): Place | undefined {
  try {
    const place = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Place>;
    const sound = /^[0-9a-f-]{36}$/.test(String(place.invocation)) && /^\d{1,20}$/.test(String(place.usn));
    return sound ? (place as Place) : undefined;
  } catch {
    return undefined;
  }
}
