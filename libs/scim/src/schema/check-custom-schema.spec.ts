import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaResource } from '../messages/schemas-response.js';
import { parseFilter } from '../filter/parse-filter.js';
import { matches } from '../filter/matches.js';
import { normalise } from '../filter/normalise.js';
import { resolve } from '../filter/resolve-filter.js';
import { parsePatch } from '../patch/parse-patch.js';
import { applyPatch } from '../patch/apply-patch.js';
import { parseResource } from '../resource/parse-resource.js';
import type { AttributeDefinition } from './attribute.js';
import { checkBeside, checkCustomSchema } from './check-custom-schema.js';
import { typesWith, type CustomSchema } from './custom-schema.js';

const contoso = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
const problemsOf = (given: unknown) => checkCustomSchema(given).problems ?? [];
const schemaOf = (given: unknown): CustomSchema => {
  const checked = checkCustomSchema(given);
  if (checked.problems) throw new Error(JSON.stringify(checked.problems));
  return checked.schema;
};
const withAttribute = (attribute: object) => ({ id: contoso, attributes: [{ name: 'a', ...attribute }] });

describe('checkCustomSchema', () => {
  it('fills in the defaults of RFC 7643 section 2.2', () => {
    expect(schemaOf({ id: contoso, attributes: [{ name: 'badgeNumber' }] })).toEqual({
      id: contoso,
      name: 'Contoso',
      description: '',
      resourceType: 'User',
      required: false,
      attributes: [
        {
          name: 'badgeNumber',
          type: 'string',
          description: '',
          multiValued: false,
          required: false,
          caseExact: false,
          mutability: 'readWrite',
          returned: 'default',
          uniqueness: 'none',
        },
      ],
    });
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no object', 'x', '', /JSON object/],
    ['no URN', { attributes: [{ name: 'a' }] }, 'id', /missing/],
    ['no URN but text', { id: 'contoso', attributes: [{ name: 'a' }] }, 'id', /URN/],
    [
      'the core schema',
      { id: 'urn:ietf:params:scim:schemas:core:2.0:User', attributes: [{ name: 'a' }] },
      'id',
      /reserved/,
    ],
    [
      'the enterprise schema in other letters',
      { id: 'URN:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User', attributes: [{ name: 'a' }] },
      'id',
      /schema of their own/,
    ],
    ['a URN without version', { id: 'urn:acme:hr', attributes: [{ name: 'a' }] }, 'id', /one version/],
    [
      'two names behind the version',
      { id: 'urn:acme:1.0:hr:User', attributes: [{ name: 'a' }] },
      'id',
      /one version/,
    ],
    ['an unknown field', { id: contoso, colour: 1, attributes: [{ name: 'a' }] }, 'colour', /remove it/],
    [
      'another resource type',
      { id: contoso, resourceType: 'Device', attributes: [{ name: 'a' }] },
      'resourceType',
      /User, Group/,
    ],
    ['no attributes', { id: contoso, attributes: [] }, 'attributes', /at least one/],
    [
      'too many attributes',
      { id: contoso, attributes: Array.from({ length: 101 }, (_, n) => ({ name: `a${n}` })) },
      'attributes',
      /at most 100/,
    ],
    [
      'two of one name',
      { id: contoso, attributes: [{ name: 'badge' }, { name: 'BADGE' }] },
      'attributes.1.name',
      /rename or remove/,
    ],
    ['a name with a space', withAttribute({ name: 'a b' }), 'attributes.0.name', /2\.1/],
    ['$ref outside a complex attribute', withAttribute({ name: '$ref' }), 'attributes.0.name', /2\.1/],
    ['an operator as name', withAttribute({ name: 'Not' }), 'attributes.0.name', /another name/],
    ['a name of every object', withAttribute({ name: 'constructor' }), 'attributes.0.name', /another name/],
    ['an unknown type', withAttribute({ type: 'number' }), 'attributes.0.type', /integer/],
    [
      'complex without parts',
      withAttribute({ type: 'complex' }),
      'attributes.0.subAttributes',
      /at least one/,
    ],
    [
      'parts of a string',
      withAttribute({ subAttributes: [{ name: 'b' }] }),
      'attributes.0.subAttributes',
      /complex attributes only/,
    ],
    [
      'complex within complex',
      withAttribute({ type: 'complex', subAttributes: [{ name: 'b', type: 'complex' }] }),
      'attributes.0.subAttributes.0.type',
      /no complex within complex/,
    ],
    [
      'several values within complex',
      withAttribute({ type: 'complex', subAttributes: [{ name: 'b', multiValued: true }] }),
      'attributes.0.subAttributes.0.multiValued',
      /make the complex attribute/,
    ],
    ['a flag as text', withAttribute({ multiValued: 'true' }), 'attributes.0.multiValued', /without quotes/],
    ['read-only', withAttribute({ mutability: 'readOnly' }), 'attributes.0.mutability', /immutable/],
    ['never returned', withAttribute({ returned: 'never' }), 'attributes.0.returned', /"request"/],
    ['unique', withAttribute({ uniqueness: 'server' }), 'attributes.0.uniqueness', /must be none/],
    [
      'a number in capital letters',
      withAttribute({ type: 'integer', caseExact: true }),
      'attributes.0.caseExact',
      /Leave it out/,
    ],
    [
      'a reference to anything',
      withAttribute({ type: 'reference' }),
      'attributes.0.referenceTypes',
      /leads to/,
    ],
    [
      'canonical values of a number',
      withAttribute({ type: 'integer', canonicalValues: ['1'] }),
      'attributes.0.canonicalValues',
      /strings only/,
    ],
    [
      'a canonical value twice',
      withAttribute({ canonicalValues: ['a', 'A'] }),
      'attributes.0.canonicalValues',
      /twice/,
    ],
  ])('refuses %s', (_name, given, field, message) => {
    const problems = problemsOf(given);
    expect(problems.map((problem) => problem.field)).toContain(field);
    expect(problems.find((problem) => problem.field === field)!.message).toMatch(message);
  });

  it('names everything that is wrong at once', () => {
    const given = { id: 'x', resourceType: 'y', attributes: [{ name: '1' }, { name: 'b', type: 'c' }] };
    expect(problemsOf(given)).toHaveLength(4);
  });
});

describe('checkBeside', () => {
  const schema = (id: string) => schemaOf({ id, attributes: [{ name: 'a' }] });

  it.each([
    ['the same', contoso.toUpperCase().replace('URN', 'urn')],
    ['one that differs by its last colon', 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:2.0User'],
  ])('says where a URN is taken: %s', (_name, id) => {
    const lower = id.toLowerCase();
    const other = {
      ...schema(contoso),
      id: lower === contoso.toLowerCase() ? contoso : contoso.replace(':2.0:User', ':2.0:2.0:User'),
    };
    expect(checkBeside({ ...schema(contoso), id }, [other]).map(({ field }) => field)).toEqual(['id']);
  });

  it('limits how many there are', () => {
    const others = Array.from({ length: 25 }, (_, n) => schema(contoso.replace('Contoso', `C${n}`)));
    expect(checkBeside(schema(contoso), others)[0]!.message).toMatch(/at most 25/);
    expect(checkBeside(schema(contoso), others.slice(1))).toEqual([]);
  });
});

const name = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/)
  .filter((text) => !(text in {}) && !/^(and|or|not)$/i.test(text));
const leafType = fc.constantFrom(
  'string',
  'boolean',
  'decimal',
  'integer',
  'dateTime',
  'reference',
  'binary',
);
const leaf = leafType.map((type) => ({
  type,
  ...(type === 'reference' && { referenceTypes: ['User', 'uri'] }),
}));
const complex = fc
  .uniqueArray(fc.tuple(name, leaf), { minLength: 1, maxLength: 4, selector: ([text]) => text.toLowerCase() })
  .map((subs) => ({ type: 'complex', subAttributes: subs.map(([sub, rest]) => ({ name: sub, ...rest })) }));
const characteristics = fc.record({
  multiValued: fc.boolean(),
  required: fc.boolean(),
  mutability: fc.constantFrom('readWrite', 'immutable'),
  returned: fc.constantFrom('default', 'always', 'request'),
});
const definition = fc
  .uniqueArray(fc.tuple(name, fc.oneof(leaf, complex), characteristics), {
    minLength: 1,
    maxLength: 6,
    selector: ([text]) => text.toLowerCase(),
  })
  .map((attributes) => ({
    id: contoso,
    attributes: attributes.map(([text, type, more]) => ({ name: text, ...type, ...more })),
  }));

const sampleOfType: Record<string, unknown> = {
  string: 'Ada',
  boolean: true,
  decimal: 1.5,
  integer: 7,
  dateTime: '2026-03-01T09:30:00Z',
  reference: 'https://example.com/x',
  binary: 'QUJD',
};
function sampleOf({ type, multiValued, subAttributes }: AttributeDefinition): unknown {
  const one =
    type === 'complex'
      ? Object.fromEntries(subAttributes!.map((sub) => [sub.name, sampleOf(sub)]))
      : sampleOfType[type];
  return multiValued ? [one] : one;
}

describe('an accepted schema', () => {
  it('comes back from /Schemas as it is, and its values are read, patched and found', () => {
    fc.assert(
      fc.property(definition, (given) => {
        const schema = schemaOf(given);
        const { schemas: _s, meta: _m, ...shown } = schemaResource(schema, 'https://hub');
        expect(schemaOf(shown)).toEqual(schema);
        const type = typesWith({ schemas: [schema], removed: [] }).User;
        const sample = Object.fromEntries(schema.attributes.map((one) => [one.name, sampleOf(one)]));
        const parsed = parseResource(
          { schemas: [type.schema.id, contoso], userName: 'u', [contoso]: sample },
          type,
        );
        expect(parsed.warnings).toEqual([]);
        expect(parsed.attributes[contoso]).toEqual(sample);
        const base = { userName: 'u' };
        const Operations = schema.attributes.map((one) => ({
          op: 'Add',
          path: `${contoso}:${one.name}`,
          value: sample[one.name],
        }));
        const patched = applyPatch(base, parsePatch({ Operations }), type);
        expect(patched.attributes).toEqual({ ...base, [contoso]: sample });
        const document = normalise(patched.attributes, type);
        for (const { name: attribute } of schema.attributes) {
          const filter = resolve(parseFilter(`${contoso}:${attribute} pr`), type);
          expect(matches(filter, document)).toBe(true);
        }
      }),
    );
  });
});
