import type { Capabilities, Manifest } from '../../contract.js';
import { credentialsSchema } from './credentials-schema.js';
import { defaultMappings } from './default-mappings.js';
import { defaultSettings, type WorkdaySettings } from './settings.js';
import { settingsSchema } from './settings-schema.js';

/** Workers are hired and leave at Workday: none is made or deleted from here. */
export const capabilitiesWith = ({
  writeBack,
  pageSize,
}: Pick<WorkdaySettings, 'writeBack' | 'pageSize'>): Capabilities => ({
  create: false,
  update: writeBack,
  delete: false,
  groups: false,
  find: true,
  list: true,
  changes: true,
  members: { addRemove: false, maxPerCall: 1, readable: false, nested: false },
  pageSize,
});

export const manifest: Manifest = {
  type: 'workday',
  name: 'Workday',
  description: 'Workers as a source of people, and their work e-mail, phones and user name written back.',
  settingsSchema,
  credentialsSchema,
  capabilities: capabilitiesWith(defaultSettings),
  presets: [],
  defaultMappings,
  rights: [
    'Get on the domains Worker Data: Public Worker Reports, Worker Data: Workers, Worker Data: Current Staffing Information, Worker Data: All Positions, Worker Data: Business Title on Worker Profile and Person Data: Work Contact Information.',
    'To write back contacts: Put on Person Data: Work Contact Information, and a place in the business process Work Contact Change (initiating action by web service).',
    'To write back user names: Get and Put on Workday Accounts.',
    'For raas: the report shared with the integration system user.',
  ],
  limits: [
    'No account is made, deactivated or deleted at Workday: hires and leavers come from there.',
    'Workers are found by worker id or WID; by any other attribute only in reports.',
    'One business event of a worker at a time: a change waits while another is in progress.',
    'Workday tells no limit of calls. About ten a second have been seen to work.',
    'Writing back needs version v36.0 or later of Workday Web Services.',
  ],
};
