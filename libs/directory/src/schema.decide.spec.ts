import { describe, expect, it } from 'vitest';
import { changeSchema, defineSchema, readSchema, removeSchema, withChange } from './schema.decide.js';
import { SchemaIsStandard, SchemaRefused, SchemaUnknown } from './schema.errors.js';
import type { SchemaEvent } from './schema.events.js';
import { evolveSchemas, noSchemas, type SchemasState } from './schema.evolve.js';
import type { ValuesOfAttribute } from './stored-values.js';

const urn = 'urn:ietf:params:scim:schemas:extension:Contoso:2.0:User';
const schema = (...attributes: object[]) => readSchema({ id: urn, attributes });
const after = (...events: SchemaEvent[]): SchemasState =>
  events.reduce((state, event, at) => evolveSchemas(state, event, { version: at + 1 }), noSchemas);
const defined = (...attributes: object[]) => defineSchema(noSchemas, schema(...attributes), new Map())[0]!;
const holding = (held: number, unfit = 0): Map<string, ValuesOfAttribute> =>
  new Map([['floor', { held, unfit, example: 'id-1' }]]);
const problemsOf = (attempt: () => unknown) => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SchemaRefused) return error;
    throw error;
  }
  throw new Error('it was not refused');
};

const floor = { name: 'floor', type: 'integer' };
const state = after(defined(floor, { name: 'site' }));

describe('the schemas of a tenant', () => {
  it('remember what was taken away until it is declared again', () => {
    const gone = after(defined(floor, { name: 'Site' }), ...changeSchema(state, schema(floor), new Map()));
    expect(gone).toMatchObject({
      version: 2,
      removed: [{ resourceType: 'User', urn, attributes: ['site'] }],
    });
    const away = evolveSchemas(gone, removeSchema(gone, urn)[0]!, { version: 3 });
    expect(away.schemas).toEqual([]);
    expect(away.removed[0]!.attributes).toEqual(['floor', 'site']);
    const back = evolveSchemas(away, defined(floor, { name: 'SITE' }), { version: 4 });
    expect(back.removed).toEqual([]);
  });

  it('are known by their URN regardless of case, and the standard’s are nobody’s to change', () => {
    expect(removeSchema(state, urn.toUpperCase())[0]!.payload.schema.id).toBe(urn);
    expect(() => removeSchema(noSchemas, urn)).toThrow(SchemaUnknown);
    expect(() => removeSchema(state, 'urn:ietf:params:scim:schemas:core:2.0:user')).toThrow(SchemaIsStandard);
  });

  it('are not recorded anew when nothing changes', () => {
    expect(changeSchema(state, schema({ name: 'site' }, floor), new Map())).toHaveLength(1);
    expect(changeSchema(state, schema(floor, { name: 'site' }), new Map())).toEqual([]);
  });

  it('keep URN and resource type', () => {
    const { problems } = problemsOf(() =>
      withChange(state.schemas[0]!, { id: `${urn}2`, resourceType: 'Group' }),
    );
    expect(problems.map(({ field }) => field)).toEqual(['id', 'resourceType']);
  });
});

describe('an attribute with values', () => {
  it.each([
    ['type', { name: 'floor' }],
    ['multiValued', { ...floor, multiValued: true }],
  ])('keeps its %s while somebody has one', (field, attribute) => {
    const other = schema(attribute, { name: 'site' });
    const refused = problemsOf(() => changeSchema(state, other, holding(3)));
    expect(refused.because).toBe('conflict');
    expect(refused.problems).toEqual([
      {
        field: `attributes.0.${field}`,
        message: expect.stringMatching(/3 users have .*id-1.*remove its values first/),
      },
    ]);
    expect(changeSchema(state, other, new Map())).toHaveLength(1);
  });

  it('keeps the kinds of its parts', () => {
    const desk = (type: string) => ({
      name: 'floor',
      type: 'complex',
      subAttributes: [{ name: 'level', type }],
    });
    const before = after(defined(desk('integer')));
    const refused = problemsOf(() => changeSchema(before, schema(desk('string')), holding(1)));
    expect(refused.problems[0]!.field).toBe('attributes.0.subAttributes');
  });

  it('may be described and required otherwise', () => {
    const other = schema({ ...floor, description: 'Where.', required: true }, { name: 'site' });
    expect(changeSchema(state, other, holding(3))).toHaveLength(1);
  });

  it('is not declared as what its values are not', () => {
    const refused = problemsOf(() => defineSchema(noSchemas, schema(floor), holding(3, 1)));
    expect(refused.problems).toEqual([
      {
        field: 'attributes.0.type',
        message: expect.stringMatching(/1 user has a value of floor that is no integer \(id-1/),
      },
    ]);
    expect(defineSchema(noSchemas, schema(floor), holding(3))).toHaveLength(1);
  });
});
