import { describe, expect, it } from 'vitest';
import { targetAttributes } from './target-attributes.js';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';

describe('attributes of a schema under mapping paths', () => {
  const names = (attributes: object[], id = core) =>
    targetAttributes({ id, attributes }, core).map(({ name }) => name);

  it('takes complex attributes apart, lists by the types the schema names', () => {
    const emails = {
      name: 'emails',
      type: 'complex',
      multiValued: true,
      subAttributes: [
        { name: 'value', type: 'string' },
        { name: 'type', type: 'string', canonicalValues: ['work', 'home'] },
      ],
    };
    const name = { name: 'name', type: 'complex', subAttributes: [{ name: 'givenName', type: 'string' }] };
    const roles = {
      name: 'roles',
      type: 'complex',
      multiValued: true,
      subAttributes: [{ name: 'value', type: 'string' }],
    };
    expect(names([emails, name, roles])).toEqual([
      'emails',
      'emails[type eq "work"].value',
      'emails[type eq "home"].value',
      'name.givenName',
      'roles',
    ]);
  });

  it('puts the URN before the attributes of an extension', () => {
    expect(names([{ name: 'costCode', type: 'string' }], 'urn:acme:2.0:User')).toEqual([
      'urn:acme:2.0:User:costCode',
    ]);
  });

  it('reads characteristics, and takes nothing odd for granted', () => {
    const [id, odd] = targetAttributes(
      {
        id: core,
        attributes: [
          {
            name: 'userName',
            type: 'string',
            required: true,
            uniqueness: 'server',
            mutability: 'immutable',
            caseExact: true,
          },
          { name: 'odd', type: 'telepathy', mutability: 'sometimes' },
          { type: 'string' },
          null,
        ],
      },
      core,
    );
    expect(id).toMatchObject({ required: true, unique: true, mutability: 'immutable', caseExact: true });
    expect(odd).toMatchObject({ type: 'string', mutability: 'readWrite', required: false, unique: false });
  });

  it('gives nothing for a schema without attributes', () => {
    expect(targetAttributes({ id: core }, core)).toEqual([]);
  });
});
