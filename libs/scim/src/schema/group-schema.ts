import { attribute, type ResourceSchema } from './attribute.js';

/** RFC 7643 sections 4.2 and 8.7.1. displayName is required by 4.2; its uniqueness is this service's own rule. */
export const groupSchema: ResourceSchema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of users and groups.',
  attributes: [
    attribute({
      name: 'displayName',
      required: true,
      uniqueness: 'server',
      description: 'The name of the group. Unique regardless of case.',
    }),
    attribute({
      name: 'members',
      type: 'complex',
      multiValued: true,
      description: 'The members of the group.',
      subAttributes: [
        attribute({ name: 'value', mutability: 'immutable', description: "The member's id." }),
        attribute({
          name: '$ref',
          type: 'reference',
          referenceTypes: ['User', 'Group'],
          mutability: 'immutable',
          description: "The member's address.",
        }),
        attribute({ name: 'display', mutability: 'readOnly', description: "The member's name." }),
        attribute({
          name: 'type',
          canonicalValues: ['User', 'Group'],
          mutability: 'immutable',
          description: 'What the member is.',
        }),
      ],
    }),
  ],
};
