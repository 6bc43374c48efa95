import type { AttributeDefinition, ResourceType } from '@rollcall/scim';

/** Values an expression is likely to be written for, by attribute name. */
const likely: Record<string, unknown> = {
  active: true,
  country: 'GB',
  department: 'Research',
  displayName: 'Ada Lovelace',
  employeeNumber: '701984',
  externalId: 'ada',
  familyName: 'Lovelace',
  formatted: 'Ada Lovelace',
  givenName: 'Ada',
  id: '00000000-0000-4000-8000-000000000000',
  locale: 'en-GB',
  locality: 'London',
  middleName: 'King',
  postalCode: 'SW1Y 4JH',
  preferredLanguage: 'en-GB',
  region: 'London',
  streetAddress: '12 St James Square',
  timezone: 'Europe/London',
  title: 'Countess',
  userName: 'ada@example.com',
  userType: 'Employee',
};

/** A user or group with a value for every attribute the schemas have: what an expression is tried out on. */
export function sampleSubject({ schema, extensions }: ResourceType): Record<string, unknown> {
  return {
    id: likely.id,
    externalId: likely.externalId,
    ...sampleOf(schema.attributes),
    ...Object.fromEntries(
      extensions.map((extension) => [extension.urn, sampleOf(extension.schema.attributes)]),
    ),
  };
}

function sampleOf(attributes: AttributeDefinition[], within?: AttributeDefinition): Record<string, unknown> {
  const visible = attributes.filter(({ name }) => !['groups', 'members', 'password'].includes(name));
  return Object.fromEntries(visible.map((attribute) => [attribute.name, valueFor(attribute, within)]));
}

function valueFor(attribute: AttributeDefinition, within?: AttributeDefinition): unknown {
  if (attribute.type !== 'complex') {
    const value = single(attribute, within);
    return attribute.multiValued ? [value] : value;
  }
  const subs = attribute.subAttributes ?? [];
  if (!attribute.multiValued) return sampleOf(subs, attribute);
  const kinds = subs.find(({ name }) => name === 'type')?.canonicalValues ?? ['work'];
  return kinds.map((kind, at) => {
    const element = sampleOf(subs, attribute);
    return {
      ...element,
      ...('type' in element && { type: kind }),
      ...('primary' in element && { primary: at === 0 }),
    };
  });
}

function single({ name, type, canonicalValues }: AttributeDefinition, within?: AttributeDefinition): unknown {
  if (type === 'boolean') return true;
  if (type === 'integer') return 7;
  if (type === 'decimal') return 7.5;
  if (type === 'dateTime') return '2026-03-16T07:00:00Z';
  if (within?.name === 'emails' && name === 'value') return likely.userName;
  if (within?.name === 'phoneNumbers' && name === 'value') return '+44 20 7946 0018';
  return (
    likely[name] ??
    canonicalValues?.[0] ??
    (type === 'reference' ? 'https://example.com/x' : `Sample ${name}`)
  );
}
