import { describe, expect, it } from 'vitest';
import { ScimError } from '../scim-error.js';
import { groupType, userType } from '../schema/resource-type.js';
import { errorBody } from './error-body.js';
import { listResponse } from './list-response.js';
import { resourceTypesResponse } from './resource-types-response.js';
import { schemasResponse } from './schemas-response.js';
import { serviceProviderConfig } from './service-provider-config.js';

const baseUrl = 'https://hub.example/scim/v2';

describe('messages', () => {
  it('an error has its status as text, and a scimType only where there is one', () => {
    expect(errorBody(new ScimError(409, 'taken', 'uniqueness'))).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: 'taken',
    });
    expect(errorBody(new ScimError(404, 'gone'))).not.toHaveProperty('scimType');
  });

  it('a list counts its page and the whole', () => {
    expect(listResponse([])).toMatchObject({
      totalResults: 0,
      startIndex: 1,
      itemsPerPage: 0,
      Resources: [],
    });
    expect(listResponse(['a', 'b'], { totalResults: 9, startIndex: 4 })).toMatchObject({
      totalResults: 9,
      startIndex: 4,
      itemsPerPage: 2,
    });
  });

  it('the schemas are a list of the three, in plain JSON without nulls', () => {
    const response = schemasResponse([userType, groupType], baseUrl);
    expect(response.Resources.map(({ id }) => id)).toEqual([
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      'urn:ietf:params:scim:schemas:core:2.0:Group',
    ]);
    expect(JSON.parse(JSON.stringify(response))).toEqual(response);
    expect(JSON.stringify(response)).not.toContain('null');
    expect(response.Resources[0]?.meta.location).toBe(
      `${baseUrl}/Schemas/urn:ietf:params:scim:schemas:core:2.0:User`,
    );
  });

  it('the characteristics are those of RFC 7643 section 8.7', () => {
    const user = new Map(userType.schema.attributes.map((definition) => [definition.name, definition]));
    expect(user.get('userName')).toMatchObject({ required: true, uniqueness: 'server', caseExact: false });
    expect(user.get('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
    expect(user.get('groups')).toMatchObject({ mutability: 'readOnly', multiValued: true });
    expect(user.get('emails')?.subAttributes?.find(({ name }) => name === 'type')?.canonicalValues).toEqual([
      'work',
      'home',
      'other',
    ]);
    expect([...user.keys()].toSorted()).toEqual(
      [
        'userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active',
        'password emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates',
      ]
        .join(' ')
        .split(' ')
        .toSorted(),
    );
  });

  it('the resource types name their schemas and endpoints', () => {
    const { Resources } = resourceTypesResponse([userType, groupType], baseUrl);
    expect(Resources).toMatchObject([
      {
        id: 'User',
        endpoint: '/Users',
        schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
        schemaExtensions: [
          { schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false },
        ],
        meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/User` },
      },
      { id: 'Group', endpoint: '/Groups', schema: 'urn:ietf:params:scim:schemas:core:2.0:Group' },
    ]);
    expect(Resources[1]).not.toHaveProperty('schemaExtensions');
  });

  it('the configuration has every required member, bulk or not', () => {
    const features = {
      baseUrl,
      patch: true,
      filterMaxResults: 200,
      changePassword: false,
      sort: false,
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index' as const,
        defaultPageSize: 100,
        maxPageSize: 1000,
        cursorTimeout: 3600,
      },
      etag: true,
      authenticationSchemes: [
        { type: 'oauthbearertoken' as const, name: 'Token', description: 'A bearer token.' },
      ],
    };
    expect(serviceProviderConfig(features)).toMatchObject({
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 200 },
      pagination: features.pagination,
      meta: { location: `${baseUrl}/ServiceProviderConfig` },
    });
    const bulk = { maxOperations: 100, maxPayloadSize: 1_000_000 };
    expect(serviceProviderConfig({ ...features, bulk }).bulk).toEqual({ supported: true, ...bulk });
  });
});
