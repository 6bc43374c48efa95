import { atlassian } from './atlassian.js';
import { aws } from './aws.js';
import { databricks } from './databricks.js';
import { elium } from './elium.js';
import { exium } from './exium.js';
import { generic } from './generic.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import type { Preset } from './preset.js';
import { slack } from './slack.js';
import { zoom } from './zoom.js';

export const presets: Preset[] = [
  generic,
  exium,
  elium,
  slack,
  github,
  atlassian,
  aws,
  zoom,
  gitlab,
  databricks,
];
