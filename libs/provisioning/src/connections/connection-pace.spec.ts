import { expect, it } from 'vitest';
import { connectorModule } from '@rollcall/connectors';
import { paceOf } from './connection-pace.js';

const scim2 = connectorModule('scim2');

it.each([
  ['the preset', { preset: 'slack' }, {}, { requestsPerSecond: 3, from: 'preset' }],
  [
    'the policy, where it says something',
    { preset: 'slack' },
    { push: { requestsPerSecond: 9 } },
    { requestsPerSecond: 9, from: 'policy' },
  ],
  [
    'the preset, beside other parts of the policy',
    { preset: 'zoom' },
    { push: { concurrency: 2 } },
    { requestsPerSecond: 1, from: 'preset' },
  ],
  [
    'nobody: no pace is known of the app',
    { preset: 'exium' },
    {},
    { requestsPerSecond: null, from: 'default' },
  ],
  ['nobody: no preset', {}, {}, { requestsPerSecond: null, from: 'default' }],
] as const)('a connection goes as fast as %s', (_, settings, policy, pace) => {
  expect(paceOf(scim2, settings, policy)).toEqual(pace);
});
