import { connectorModule } from '@rollcall/connectors';
import { describe, expect, it } from 'vitest';
import { applyPlan } from './apply-plan.js';
import { compileConfiguration } from './compile-configuration.js';
import { planGroup } from './plan-group.js';
import type { TargetObject } from './plan.js';
import type { GroupPolicy } from './policy.js';
import type { Scope } from '../scope/scope.js';

const { defaultMappings: mappings } = connectorModule('scim2')!.manifest;
const facts = { now: new Date(0), remoteIds: new Map<string, string>() };
const configure = (groups: Partial<GroupPolicy> = {}, scope: Scope = {}) =>
  compileConfiguration({ version: 1, mappings, scope, policy: { groups } });
const group = { id: 'g1', resource: { displayName: 'Team' }, search: { displayname: 'team' } };
const there: TargetObject = {
  remoteId: 'r1',
  origin: 'created',
  state: 'active',
  written: { displayName: 'Team' },
};

describe('a group', () => {
  it('is looked for, made, renamed, and then in line', () => {
    expect(planGroup(group, configure(), undefined, facts)).toMatchObject({
      action: 'match',
      keys: [{ attribute: 'displayName', value: 'Team' }],
    });
    const made = planGroup(group, configure(), undefined, { ...facts, match: { kind: 'none' } });
    expect(made).toMatchObject({ action: 'create', changes: [{ attribute: 'displayName', to: 'Team' }] });
    const target = applyPlan(undefined, made, 'r1')!;
    expect(planGroup(group, configure(), target, facts).action).toBe('none');
    const renamed = { ...group, resource: { displayName: 'Crew' } };
    expect(planGroup(renamed, configure(), target, facts)).toMatchObject({ action: 'update' });
  });

  it('is deleted with its source only if the hub made it', () => {
    const gone = { ...group, deletedAt: new Date(0) };
    expect(planGroup(gone, configure(), there, facts)).toMatchObject({ action: 'delete' });
    expect(planGroup(gone, configure({ onDeletedAtSource: 'keep' }), there, facts).action).toBe('none');
    const adopted = planGroup(gone, configure(), { ...there, origin: 'adopted' }, facts);
    expect(adopted).toMatchObject({ action: 'none', letGo: true });
    expect(applyPlan({ ...there, origin: 'adopted' }, adopted)).toMatchObject({
      state: 'absent',
      written: {},
    });
    expect(planGroup(gone, configure({ delete: false }), there, facts)).toMatchObject({ withheld: 'delete' });
  });

  it('is left alone out of scope and where groups are switched off', () => {
    const elsewhere = configure({}, { groups: ['g2'] });
    expect(planGroup(group, elsewhere, undefined, facts)).toMatchObject({ action: 'none' });
    expect(planGroup(group, elsewhere, there, facts)).toMatchObject({
      action: 'none',
      reason: { code: 'kept' },
    });
    expect(planGroup(group, configure({ enabled: false }), undefined, facts)).toMatchObject({
      reason: { code: 'groups-off' },
    });
  });
});
