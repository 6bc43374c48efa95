import { presets } from './presets/presets.js';
import { defaultSettings, type Scim2Settings } from './settings.js';

/** The admin's settings over the preset's over the defaults. */
export function completeSettings(given: Partial<Scim2Settings>): Scim2Settings {
  const preset = presets.find(({ id }) => id === given.preset);
  const settings = { ...defaultSettings, ...preset?.settings, ...given };
  if (settings.baseUrl === undefined) throw new TypeError('baseUrl is missing: the SCIM address of the app.');
  return settings as Scim2Settings;
}
