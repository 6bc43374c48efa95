import type { ManifestPreset } from '../../../contract.js';
import type { RestSettings } from '../settings.js';

/** What is known of one app: settings, and no code. */
export interface Preset extends ManifestPreset {
  settings: Partial<RestSettings>;
}
