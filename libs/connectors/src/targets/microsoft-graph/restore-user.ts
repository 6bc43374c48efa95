import type { Attributes, Outcome, RemoteObject } from '../../contract.js';
import { completed, incomplete } from './finish-user.js';
import { quoted } from './odata.js';
import { readPage } from './read-objects.js';
import type { Call } from './session.js';
import type { Work } from './work.js';
import { isEmpty, type Writing } from './write-body.js';

/** Who somebody is, whatever the name: a newcomer may have the name of somebody who left. */
const identifying = ['employeeId', 'onPremisesImmutableId'];

/** A deleted user's name has the id before it. */
export const lookForDeleted = (name: string): Call => ({
  method: 'GET',
  path: '/directory/deletedItems/microsoft.graph.user',
  query: {
    $filter: `endsWith(userPrincipalName,${quoted(name)})`,
    $select: ['id', 'userPrincipalName', 'deletedDateTime', 'onPremisesSyncEnabled', ...identifying].join(),
  },
  advanced: true,
});

/**
 * Somebody deleted within the last 30 days comes back with mailbox, files and groups
 * (https://learn.microsoft.com/graph/api/directory-deleteditems-restore). Undefined: there is nobody to restore, and the
 * name is free, since a deletion changes it.
 */
export async function restoreUser(
  work: Work,
  name: string,
  attributes: Attributes,
  writing: Writing,
): Promise<Outcome<RemoteObject> | undefined> {
  const looked = await work.send(lookForDeleted(name));
  if (looked.refused) return looked.refused.kind === 'retry' ? work.refused(looked.refused) : undefined;
  const always = work.session.settings.restoreDeleted === 'always';
  const deleted = (readPage(looked.reply.body)?.value ?? []).filter(
    (each) => always || isSamePerson(each, attributes),
  );
  const id = lastNamed(name, deleted);
  if (id === undefined) return undefined;
  const path = `/directory/deletedItems/${encodeURIComponent(id)}/restore`;
  const restored = await work.send({ method: 'POST', path, object: true });
  if (restored.refused) {
    // Somebody else restored or purged it meanwhile, or has its name: a creation shows which.
    const passing = restored.refused.kind === 'retry' || restored.refused.kind === 'denied';
    return passing ? work.refused(restored.refused) : undefined;
  }
  work.session.fresh.made('user', id, attributes);
  const body: Writing['body'] = { accountEnabled: true, ...writing.body };
  delete body.passwordProfile;
  const patched = await work.send({
    method: 'PATCH',
    path: `/users/${encodeURIComponent(id)}`,
    body,
    object: true,
    attributes: Object.keys(attributes),
  });
  if (patched.refused) return work.refused(incomplete(patched.refused));
  return completed(work, { id, attributes: {} }, writing, patched.reply);
}

const isSamePerson = (deleted: Record<string, unknown>, attributes: Attributes): boolean =>
  identifying.some((key) => !isEmpty(attributes[key] ?? null) && deleted[key] === String(attributes[key]));

function lastNamed(name: string, deleted: Record<string, unknown>[]): string | undefined {
  const [last] = deleted
    .filter(
      ({ id, userPrincipalName, onPremisesSyncEnabled }) =>
        onPremisesSyncEnabled !== true &&
        String(userPrincipalName).toLowerCase() === `${String(id).replaceAll('-', '')}${name}`.toLowerCase(),
    )
    .toSorted((one, other) => String(other.deletedDateTime).localeCompare(String(one.deletedDateTime)));
  return last && String(last.id);
}
