import type { Mappings } from '../../contract.js';

/** A beginning for an app nobody has described yet: names to be changed to the app's own. */
export const defaultMappings: Mappings = {
  users: {
    matching: [{ source: 'userName', target: 'userName' }],
    attributes: [
      { source: 'userName', target: 'userName', apply: 'always' },
      { source: 'active', target: 'active', default: true, apply: 'always' },
      { source: 'displayName', target: 'displayName', apply: 'always' },
      { source: 'name.givenName', target: 'firstName', apply: 'always' },
      { source: 'name.familyName', target: 'lastName', apply: 'always' },
      { source: 'emails[type eq "work"].value', target: 'email', apply: 'always' },
    ],
  },
  groups: {
    matching: [{ source: 'displayName', target: 'name' }],
    attributes: [{ source: 'displayName', target: 'name', apply: 'always' }],
  },
};
