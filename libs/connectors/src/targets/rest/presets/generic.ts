import type { Preset } from './preset.js';

export const generic: Preset = {
  id: 'generic',
  name: 'Any REST API',
  note: 'Describe one request for each operation the app offers.',
  settings: {},
};
