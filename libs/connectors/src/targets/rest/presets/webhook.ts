import type { Mappings } from '../../../contract.js';
import type { ObjectRequests, RestRequest } from '../settings.js';
import type { Preset } from './preset.js';

const event = (what: string, data: string): RestRequest => ({
  method: 'POST',
  path: '',
  body: `{"type": type & ".${what}", "data": ${data}}`,
});

/** One address, one event for each operation. The receiver answers with an id of its own, or with nothing. */
const requests: ObjectRequests = {
  create: {
    ...event('created', '{"id": attributes.externalId, "attributes": attributes}'),
    id: '$exists(body.id) ? body.id : attributes.externalId',
  },
  update: event('updated', '{"id": id, "attributes": attributes, "changes": changes, "removed": [removed]}'),
  delete: event('deleted', '{"id": id}'),
  attributes: [
    { name: 'externalId', required: true, unique: true, caseExact: true, example: 'rollcall-{random}' },
  ],
};

const both = { source: 'id', target: 'externalId', apply: 'always' as const };

const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'id', target: 'externalId' }],
    attributes: [
      both,
      { source: 'userName', target: 'userName', apply: 'always' },
      { source: 'active', target: 'active', default: true, apply: 'always' },
      { source: 'displayName', target: 'displayName', apply: 'always' },
      { source: 'name.givenName', target: 'givenName', apply: 'always' },
      { source: 'name.familyName', target: 'familyName', apply: 'always' },
      { source: 'emails[type eq "work"].value', target: 'email', apply: 'always' },
      { source: 'title', target: 'title', apply: 'always' },
    ],
  },
  groups: {
    matching: [{ source: 'id', target: 'externalId' }],
    attributes: [both, { source: 'displayName', target: 'displayName', apply: 'always' }],
  },
};

export const webhook: Preset = {
  id: 'webhook',
  name: 'Webhook',
  note: 'baseUrl is the address of the receiver. Give both sides the same signing secret.',
  settings: {
    users: requests,
    groups: {
      ...requests,
      changeMembers: event('members_changed', '{"id": id, "add": [members.add], "remove": [members.remove]}'),
    },
    test: { method: 'POST', path: '', body: '{"type": "ping", "data": {}}' },
    signature: { style: 'standard-webhooks' },
    // All events go to one address: that an object is gone is said in JSON.
    answers: { notFound: 'status = 404 and $exists(body) and $exists(id)' },
  },
  defaultMappings,
  rights: ['None at the receiver: it checks the signature.'],
  limits: [
    'Nothing can be read back: who has been created there before is not found, and lists cannot be compared.',
    'An event may come more than once, then with the same webhook-id.',
  ],
};
