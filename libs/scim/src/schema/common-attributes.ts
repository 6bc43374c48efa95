import { attribute } from './attribute.js';

/** RFC 7643 sections 3 and 3.1: in every resource, in no schema. */
export const commonAttributes = [
  attribute({
    name: 'schemas',
    type: 'reference',
    referenceTypes: ['uri'],
    multiValued: true,
    caseExact: true,
    returned: 'always',
    description: 'The URNs of the schemas that the resource uses.',
  }),
  attribute({
    name: 'id',
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
    description: 'The identifier that the service gave the resource. It never changes.',
  }),
  attribute({
    name: 'externalId',
    caseExact: true,
    description: "The client's own identifier of the resource.",
  }),
  attribute({
    name: 'meta',
    type: 'complex',
    mutability: 'readOnly',
    description: 'Facts about the resource itself.',
    subAttributes: [
      attribute({
        name: 'resourceType',
        caseExact: true,
        mutability: 'readOnly',
        description: 'The name of the resource type.',
      }),
      attribute({
        name: 'created',
        type: 'dateTime',
        mutability: 'readOnly',
        description: 'When it was created.',
      }),
      attribute({
        name: 'lastModified',
        type: 'dateTime',
        mutability: 'readOnly',
        description: 'When it was last changed.',
      }),
      attribute({
        name: 'location',
        type: 'reference',
        referenceTypes: ['uri'],
        mutability: 'readOnly',
        description: 'The address of the resource.',
      }),
      attribute({
        name: 'version',
        caseExact: true,
        mutability: 'readOnly',
        description: 'The version of the resource, as an entity tag.',
      }),
    ],
  }),
];
