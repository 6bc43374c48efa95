import { connectorModule } from '@rollcall/connectors';

const preset = connectorModule('rest')!.manifest.presets.find(({ id }) => id === 'webhook')!;
const { users, groups } = preset.settings as { users: object; groups: object };

const get = (path: string, query: Record<string, string> = {}) => ({ method: 'GET', path, query });

const reads = (type: 'user' | 'group') => ({
  get: get(`/${type}/{id}`),
  find: {
    ...get(`/${type}`, { attribute: '{attribute}', value: '{value}', limit: '{limit}', cursor: '{cursor}' }),
    result: 'body.items',
  },
  list: { ...get(`/${type}`, { limit: '{limit}', cursor: '{cursor}' }), result: 'body.items' },
  paging: { by: 'cursor', next: 'body.next' },
  read: { id: 'id', attributes: 'attributes', active: 'attributes.active', members: 'members' },
});

/** Beside the preset's events: how the receiver's objects are looked at. */
export const webhookReads = {
  users: { ...users, ...reads('user') },
  groups: { ...groups, ...reads('group') },
};
