import { describe, expect, it } from 'vitest';
import { assembleResource } from './assemble-resource.js';
import { readResource } from './read-resource.js';

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

describe('a resource as the target returned it', () => {
  it('has every value that was written under the path it was written with', () => {
    const written = {
      userName: 'ada',
      active: true,
      'name.givenName': 'Ada',
      'emails[type eq "work"].value': 'ada@example.com',
      'phoneNumbers[type eq "mobile"].value': '+44',
      'addresses[type eq "work"].postalCode': 'N1',
      [`${enterprise}:department`]: 'Engines',
      [`${enterprise}:manager.value`]: 'm-1',
    };
    const read = readResource({ ...assembleResource('user', written), id: 'u-1' });
    expect(read?.attributes).toMatchObject(written);
  });

  it('keeps id, version and state apart, and leaves memberships out', () => {
    expect(
      readResource({
        schemas: [],
        id: 17,
        meta: { version: 'W/"3"' },
        active: 'False',
        members: [{ value: 'x' }],
        groups: [{}],
      }),
    ).toEqual({ id: '17', etag: 'W/"3"', active: false, attributes: { active: false } });
  });

  it('finds typed values regardless of the case of their type, the first of each', () => {
    const read = readResource({
      id: '1',
      emails: [{ type: 'Work', value: 'a' }, { type: 'work', value: 'b', primary: true }, { value: 'c' }],
    });
    expect(read?.attributes).toMatchObject({
      'emails[type eq "work"].value': 'a',
      'emails[primary eq true].value': 'b',
    });
  });

  it.each([undefined, null, 'text', [], {}, { id: '' }, { id: null }])(
    'is not there without an id: %j',
    (resource) => {
      expect(readResource(resource)).toBeUndefined();
    },
  );
});
