import { generic } from './generic.js';
import type { Preset } from './preset.js';
import { redmine } from './redmine.js';
import { webhook } from './webhook.js';

export const presets: readonly Preset[] = [generic, redmine, webhook];
