import type { AttributeValue, Mappings } from '@rollcall/connectors';
import { Database } from '@rollcall/platform';
import { type Evaluated, evaluateExpressions } from '../mapping/evaluate-expressions.js';
import { mapAttributes } from '../mapping/map-attributes.js';
import { sampleSubject } from '../mapping/sample-subject.js';
import { matchKeys } from '../matching/match.js';
import { compileConfiguration } from '../plan/compile-configuration.js';
import type { CompiledMapping, Configuration } from '../plan/plan.js';
import { loadSubjects } from '../push/load-subjects.js';
import type { SourceTypes } from './check-mappings.js';

/** Whom mappings are tried on: somebody of the directory, an object as SCIM has it, or else a sample. */
export interface TrySubject {
  type: 'user' | 'group';
  id?: string;
  sample?: Record<string, unknown>;
}

export interface TriedAttribute {
  target: string;
  apply: 'always' | 'create';
  /** Absent: there is no value. */
  value?: AttributeValue;
  /** Tried at the target in this order when the account is made. */
  candidates?: string[];
  /** Hub ids it refers to that have no account at the target yet. */
  waitsFor?: string[];
  /** There is no value, and what the target has is left as it is. */
  left?: boolean;
  error?: string;
}

export interface Tried {
  /** No mapping failed. */
  ok: boolean;
  matching: { target: string; value?: string; error?: string }[];
  attributes: TriedAttribute[];
}

/** Undefined: there is no such user or group. Throws ExpressionError for mappings that were not checked. */
export async function tryMappings(
  database: Database,
  tenantId: string,
  connectionId: string,
  mappings: Mappings,
  subject: TrySubject,
  types: SourceTypes,
  now: Date,
): Promise<Tried | undefined> {
  const configuration = compileConfiguration({
    version: 0,
    mappings,
    scope: {},
    policy: {},
    types: { User: types.user, Group: types.group },
  });
  const mapping = subject.type === 'user' ? configuration.users : configuration.groups;
  if (!mapping) return { ok: true, matching: [], attributes: [] };
  const found = await subjectOf(database, tenantId, connectionId, configuration, subject, types);
  if (!found) return undefined;
  const { resource, remoteIds } = found;
  const { type } = mapping;
  const evaluated = await evaluateExpressions(mapping.expressions, resource, type, now);
  return triedMapping(mapping, resource, remoteIds, evaluated);
}

/** What each line of a mapping makes of somebody. */
export function triedMapping(
  mapping: CompiledMapping,
  resource: Record<string, unknown>,
  remoteIds: ReadonlyMap<string, string>,
  evaluated: Evaluated,
): Tried {
  const { type } = mapping;
  const { values, parked, problems } = mapAttributes(
    mapping.attributes,
    resource,
    remoteIds,
    type,
    evaluated,
  );
  const matching = mapping.matching.map((rule) => {
    const { keys, problem } = matchKeys([rule], resource, type, evaluated);
    return {
      target: rule.target,
      ...(keys[0] && { value: keys[0].value }),
      ...(problem && { error: problem.message }),
    };
  });
  const attributes = mapping.attributes.map(({ target, apply }): TriedAttribute => {
    const mapped = values.get(target);
    const problem = problems.find(({ attribute }) => attribute === target);
    const waitsFor = parked.filter(({ attribute }) => attribute === target).map(({ subjectId }) => subjectId);
    return {
      target,
      apply,
      ...(mapped?.value !== undefined && { value: mapped.value }),
      ...(mapped?.candidates && { candidates: mapped.candidates }),
      ...(waitsFor.length > 0 && { waitsFor }),
      ...(!mapped && !problem && waitsFor.length === 0 && { left: true }),
      ...(problem && { error: problem.message }),
    };
  });
  const ok = problems.length === 0 && matching.every(({ error }) => error === undefined);
  return { ok, matching, attributes };
}

async function subjectOf(
  database: Database,
  tenantId: string,
  connectionId: string,
  configuration: Configuration,
  { type, id, sample }: TrySubject,
  types: SourceTypes,
): Promise<{ resource: Record<string, unknown>; remoteIds: ReadonlyMap<string, string> } | undefined> {
  if (sample) return { resource: sample, remoteIds: new Map() };
  if (id === undefined) return { resource: sampleSubject(types[type]), remoteIds: new Map() };
  const asked = { users: type === 'user' ? [id] : [], groups: type === 'group' ? [id] : [], memberLimit: 0 };
  const { users, groups, remoteIds } = await loadSubjects(
    database,
    tenantId,
    connectionId,
    configuration,
    asked,
  );
  const known = users.get(id)?.user ?? groups.get(id)?.group;
  return known && { resource: known.resource, remoteIds };
}
