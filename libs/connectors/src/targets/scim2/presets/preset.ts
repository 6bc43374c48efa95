import type { AttributeMapping, ManifestPreset, Mappings } from '../../../contract.js';
import type { Scim2Settings } from '../settings.js';

/** What is known of one app. Where it is known from stands on the preset's page under docs/connectors. */
export interface Preset extends ManifestPreset {
  settings: Partial<Scim2Settings>;
}

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export const same = (path: string): AttributeMapping => ({ source: path, target: path, apply: 'always' });
export const active: AttributeMapping = { ...same('active'), default: true };
export const manager: AttributeMapping = { ...same(`${enterprise}:manager.value`), kind: 'reference' };

export const made = (target: string, expression: string): AttributeMapping => ({
  target,
  expression,
  apply: 'always',
});

/** Accounts and groups that have the same value in these attributes are recognised. */
export function mappings(
  matching: { user: string; group?: string },
  attributes: AttributeMapping[],
  groupAttributes: string[] = ['displayName'],
): Mappings {
  const by = (path: string) => [{ source: path, target: path }];
  return {
    users: { matching: by(matching.user), attributes },
    groups: { matching: by(matching.group ?? 'displayName'), attributes: groupAttributes.map(same) },
  };
}
