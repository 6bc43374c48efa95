import { isObject, schemasOf } from '@rollcall/scim';
import type { Discovery, Outcome, Refusal, SubjectType, WireCall } from '../../contract.js';
import { resourceTypes } from './attribute-path.js';
import { readList } from './list-page.js';
import { capabilitiesWith } from './manifest.js';
import type { Session } from './session.js';
import { targetAttributes } from './target-attributes.js';

type Json = Record<string, unknown>;

/**
 * What the app says of itself (RFC 7644 section 4). Each of the three answers may be missing or unusable:
 * then the usual is assumed, and said.
 */
export async function discoverTarget(session: Session): Promise<Outcome<Discovery>> {
  const calls: WireCall[] = [];
  const assumptions: string[] = [];
  const ask = async (path: string): Promise<{ body?: unknown; refused?: Refusal }> => {
    const sent = await session.send({ method: 'GET', path, wantsBody: true });
    calls.push(sent.call);
    if (!sent.refused) return { body: sent.reply.body };
    const missing = sent.reply !== undefined && sent.reply.status >= 400 && sent.refused.kind !== 'denied';
    const passing =
      sent.refused.kind === 'retry' && [408, 429, 500, 502, 503, 504].includes(sent.reply?.status ?? 0);
    if (!missing || passing) return { refused: sent.refused };
    assumptions.push(`${path} could not be read (HTTP ${sent.reply!.status}).`);
    return {};
  };

  const old = session.settings.protocol === '1.1';
  const config = await ask(old ? '/ServiceProviderConfigs' : '/ServiceProviderConfig');
  if (config.refused) return { ...config.refused, calls };
  const types: Awaited<ReturnType<typeof ask>> = old ? {} : await ask('/ResourceTypes');
  if (types.refused) return { ...types.refused, calls };
  const schemas = await ask('/Schemas');
  if (schemas.refused) return { ...schemas.refused, calls };

  const offered = readTypes(types.body);
  const described = readList(schemas.body).resources.filter(isObject);
  const groups = session.settings.groups && (offered === undefined || offered.has('group'));
  if (session.settings.groups && !groups)
    assumptions.push('The app lists no Group resource type: groups are not pushed.');
  const subjects: SubjectType[] = groups ? ['user', 'group'] : ['user'];
  const objectTypes = subjects.map((type) => {
    const standard = schemasOf([resourceTypes[type]]);
    const wanted = offered?.get(type) ?? standard.map(({ id }) => id);
    const own = described.filter((schema) => wanted.some((urn) => sameUrn(urn, schema.id)));
    if (own.length === 0)
      assumptions.push(`The app does not describe its ${type}s: the standard attributes are assumed.`);
    const used = own.length > 0 ? own : standard.filter(({ id }) => wanted.some((urn) => sameUrn(urn, id)));
    const attributes = used.flatMap((schema) => targetAttributes({ ...schema }, standard[0]!.id));
    return { type, attributes, ...(own.length === 0 && { assumed: true }) };
  });
  return {
    kind: 'ok',
    value: {
      objectTypes,
      capabilities: readCapabilities(session, config.body, groups, assumptions),
      assumptions,
    },
    calls,
  };
}

function readCapabilities(session: Session, body: unknown, groups: boolean, assumptions: string[]) {
  const capabilities = capabilitiesWith({ ...session.settings, groups });
  if (!isObject(body)) return capabilities;
  const feature = (name: string): Json => (isObject(body[name]) ? (body[name] as Json) : {});
  if (feature('patch').supported === false && session.settings.updateWith === 'patch') {
    assumptions.push('The app says it does not take PATCH: PUT is used where it refuses one.');
  }
  // What the settings or the preset say of searching is known better than what the app says of itself.
  if (feature('filter').supported === false && session.settings.searchable.length === 0) {
    capabilities.find = false;
    assumptions.push('The app says it does not filter: accounts are looked for by reading its list.');
  }
  const most = Number(feature('filter').maxResults);
  if (Number.isInteger(most) && most > 0) capabilities.pageSize = Math.min(capabilities.pageSize, most);
  return capabilities;
}

/** The schemas of each resource type; undefined when the app does not list its types. */
function readTypes(body: unknown): Map<SubjectType, string[]> | undefined {
  const found = new Map<SubjectType, string[]>();
  for (const each of readList(body).resources) {
    if (!isObject(each)) continue;
    const type = /^users?$/i.test(String(each.name))
      ? 'user'
      : /^groups?$/i.test(String(each.name))
        ? 'group'
        : undefined;
    if (type === undefined) continue;
    const extensions = Array.isArray(each.schemaExtensions) ? each.schemaExtensions.filter(isObject) : [];
    const urns = [each.schema, ...extensions.map(({ schema }) => schema)];
    found.set(
      type,
      urns.filter((urn) => typeof urn === 'string'),
    );
  }
  return found.has('user') ? found : undefined;
}

const sameUrn = (wanted: string, id: unknown): boolean =>
  typeof id === 'string' && id.toLowerCase() === wanted.toLowerCase();
