import { isObject } from '@rollcall/scim';
import type { Discovery, Outcome, SubjectType, TargetAttribute } from '../../contract.js';
import { described } from './attributes.js';
import { capabilitiesWith } from './manifest.js';
import { readPage } from './read-objects.js';
import type { Session } from './session.js';
import { Work } from './work.js';

/** Users and groups have the same properties in every tenant; directory extensions are asked for. */
export async function discoverTenant(session: Session): Promise<Outcome<Discovery>> {
  const work = new Work(session);
  const sent = await work.send({
    method: 'POST',
    path: '/directoryObjects/getAvailableExtensionProperties',
    body: { isSyncedFromOnPremises: false },
    reads: true,
  });
  if (sent.refused && sent.reply?.status !== 403 && sent.refused.kind !== 'rejected')
    return work.refused(sent.refused);
  const assumptions = sent.refused
    ? ['Directory extensions could not be read: only those named in the settings are offered.']
    : [];
  const extensions = sent.refused ? [] : (readPage(sent.reply.body)?.value ?? []);
  const subjects: SubjectType[] = session.settings.groups ? ['user', 'group'] : ['user'];
  const objectTypes = subjects.map((type) => ({
    type,
    attributes: [...described(type), ...extensionsOf(type, extensions, session.settings.extensionAttributes)],
  }));
  const value = { objectTypes, capabilities: capabilitiesWith(session.settings), assumptions };
  return { kind: 'ok', value, calls: work.calls };
}

const kinds: Record<string, TargetAttribute['type']> = {
  Boolean: 'boolean',
  DateTime: 'dateTime',
  Integer: 'integer',
};

function extensionsOf(
  type: SubjectType,
  found: Record<string, unknown>[],
  named: string[],
): TargetAttribute[] {
  const target = type === 'user' ? 'User' : 'Group';
  const offered = found.filter(
    ({ name, targetObjects }) =>
      typeof name === 'string' && Array.isArray(targetObjects) && targetObjects.includes(target),
  );
  const known = new Map(offered.map((each) => [String(each.name), each]));
  const names = new Set([...known.keys(), ...(type === 'user' ? named : [])]);
  return [...names].map((name) => {
    const each = known.get(name);
    return {
      name,
      type: kinds[String(each?.dataType)] ?? 'string',
      multiValued: isObject(each) && each.isMultiValued === true,
      required: false,
      caseExact: false,
      mutability: 'readWrite',
      unique: false,
    };
  });
}
