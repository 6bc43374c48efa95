import type { Preset } from './preset.js';

export const generic: Preset = {
  id: 'generic',
  name: 'Any SCIM 2.0 app',
  note: 'Base URL and token are in the app’s settings for provisioning, often under security or single sign-on.',
  settings: {},
};
