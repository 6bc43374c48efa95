import { presets } from './presets/presets.js';
import { defaultSettings, type ObjectRequests, type RestSettings } from './settings.js';

/** The admin's settings over the preset's over the defaults; of users and groups request by request. */
export function completeSettings(given: Partial<RestSettings>): RestSettings {
  const preset = presets.find(({ id }) => id === given.preset)?.settings ?? {};
  const groups = together(preset.groups, given.groups);
  const settings = {
    ...defaultSettings,
    ...preset,
    ...given,
    users: together(preset.users, given.users) ?? {},
    ...(groups && { groups }),
    answers: { ...preset.answers, ...given.answers },
    headers: { ...preset.headers, ...given.headers },
    query: { ...preset.query, ...given.query },
  };
  if (settings.baseUrl === undefined)
    throw new TypeError('baseUrl is missing: the address of the app’s API.');
  return settings as RestSettings;
}

const together = (preset?: ObjectRequests, given?: ObjectRequests): ObjectRequests | undefined =>
  preset || given ? { ...preset, ...given } : undefined;
