import { isObject } from '@rollcall/scim';
import type { Discovery, Outcome, TargetAttribute } from '../../contract.js';
import { capabilitiesWith } from './manifest.js';
import { elementOf, groupValues, lists, objects, singleValues } from './user-attributes.js';
import type { Session } from './session.js';

/** The attributes of the API, and the fields of the account's own custom schemas. */
export async function discoverAccount(session: Session): Promise<Outcome<Discovery>> {
  const { settings } = session;
  const sent = await session.send({
    method: 'GET',
    path: `/customer/${encodeURIComponent(settings.customer)}/schemas`,
    wantsBody: true,
  });
  const calls = [sent.call];
  const rightless = sent.refused && (sent.reply?.status === 403 || sent.reply?.status === 404);
  if (sent.refused && !rightless) return { ...sent.refused, calls };
  const custom = sent.refused ? [] : customFields(sent.reply.body);
  return {
    kind: 'ok',
    value: {
      objectTypes: [
        {
          type: 'user',
          attributes: [...userAttributes, ...custom],
          ...(rightless && { assumed: true }),
        },
        ...(settings.groups ? [{ type: 'group' as const, attributes: groupAttributes }] : []),
      ],
      capabilities: capabilitiesWith(settings),
      assumptions: sent.refused
        ? ['Custom schemas cannot be read with these rights: their fields are taken as they are written.']
        : [],
    },
    calls,
  };
}

const attribute = (name: string, further: Partial<TargetAttribute> = {}): TargetAttribute => ({
  name,
  type: 'string',
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  unique: false,
  ...further,
});

const aliases = attribute('aliases', { multiValued: true, unique: true });

const types: Record<string, readonly string[]> = {
  emails: ['home', 'work', 'other'],
  externalIds: ['account', 'customer', 'login_id', 'network', 'organization'],
  relations: [
    'admin_assistant',
    'assistant',
    'brother',
    'child',
    'domestic_partner',
    'dotted_line_manager',
    'exec_assistant',
    'father',
    'friend',
    'manager',
    'mother',
    'parent',
    'partner',
    'referred_by',
    'relative',
    'sister',
    'spouse',
  ],
  phones: ['assistant', 'home', 'home_fax', 'mobile', 'other', 'pager', 'work', 'work_fax', 'work_mobile'],
  organizations: ['domain_only', 'school', 'unknown', 'work'],
  addresses: ['home', 'other', 'work'],
  ims: ['home', 'other', 'work'],
  keywords: ['mission', 'occupation', 'outlook'],
  locations: ['default', 'desk'],
  websites: [
    'app_install_page',
    'blog',
    'ftp',
    'home',
    'home_page',
    'other',
    'profile',
    'reservations',
    'work',
  ],
};

const withoutPrimary = new Set([
  'externalIds',
  'relations',
  'keywords',
  'languages',
  'locations',
  'sshPublicKeys',
]);

const userAttributes: TargetAttribute[] = [
  ...Object.entries(singleValues).map(([name, type]) =>
    attribute(name, {
      type,
      required: name === 'primaryEmail',
      unique: name === 'primaryEmail',
      ...(name === 'password' || name === 'hashFunction' ? { mutability: 'writeOnly', caseExact: true } : {}),
      ...(name === 'hashFunction' && { canonicalValues: ['MD5', 'SHA-1', 'crypt'] }),
    }),
  ),
  aliases,
  ...Object.entries(objects).flatMap(([name, subs]) =>
    subs.map((sub) => attribute(`${name}.${sub}`, { required: sub === 'givenName' || sub === 'familyName' })),
  ),
  ...Object.entries(lists).flatMap(([name, subs]) => [
    attribute(name, { type: 'complex', multiValued: true }),
    ...elementsOf(name).flatMap((element) =>
      subs.map((sub) =>
        attribute(`${element}.${sub}`, {
          ...(sub === 'fullTimeEquivalent' && { type: 'integer' }),
        }),
      ),
    ),
  ]),
];

function elementsOf(name: string): string[] {
  if (name === 'languages') return [elementOf(name, 'preference', 'preferred')];
  const typed = (types[name] ?? []).map((type) => elementOf(name, 'type', type));
  return withoutPrimary.has(name) ? typed : [...typed, elementOf(name, 'primary', true)];
}

const groupAttributes: TargetAttribute[] = [
  ...groupValues.map((name) => attribute(name, { required: name === 'email', unique: name === 'email' })),
  aliases,
];

const fieldTypes: Record<string, TargetAttribute['type']> = {
  BOOL: 'boolean',
  INT64: 'integer',
  DOUBLE: 'decimal',
};

function customFields(body: unknown): TargetAttribute[] {
  const schemas = isObject(body) && Array.isArray(body.schemas) ? body.schemas.filter(isObject) : [];
  return schemas.flatMap(({ schemaName, fields }) =>
    (Array.isArray(fields) ? fields.filter(isObject) : []).map((field) =>
      attribute(`customSchemas.${String(schemaName)}.${String(field.fieldName)}`, {
        type: fieldTypes[String(field.fieldType)] ?? 'string',
        multiValued: field.multiValued === true,
      }),
    ),
  );
}
