import { attribute, type ResourceSchema } from './attribute.js';

/** RFC 7643 sections 4.3 and 8.7.1. */
export const enterpriseUserSchema: ResourceSchema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'What an organisation knows of its people.',
  attributes: [
    attribute({ name: 'employeeNumber', description: 'The number given by the organisation.' }),
    attribute({ name: 'costCenter', description: 'The cost centre.' }),
    attribute({ name: 'organization', description: 'The organisation.' }),
    attribute({ name: 'division', description: 'The division.' }),
    attribute({ name: 'department', description: 'The department.' }),
    attribute({
      name: 'manager',
      type: 'complex',
      description: "The user's manager.",
      subAttributes: [
        attribute({ name: 'value', description: "The manager's id." }),
        attribute({
          name: '$ref',
          type: 'reference',
          referenceTypes: ['User'],
          description: "The manager's address.",
        }),
        attribute({ name: 'displayName', mutability: 'readOnly', description: "The manager's name." }),
      ],
    }),
  ],
};
