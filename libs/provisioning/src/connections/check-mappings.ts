import type {
  AttributeMapping,
  ConnectorModule,
  Discovery,
  Mappings,
  ObjectMapping,
} from '@rollcall/connectors';
import {
  type CompiledExpression,
  compileExpression,
  ExpressionError,
  groupType,
  readPath,
  type ResourceType,
  ScimError,
  userType,
} from '@rollcall/scim';
import { sampleSubject } from '../mapping/sample-subject.js';
import { checkSteps, type SourceAttribute, sourceAttribute } from '../mapping/source-attribute.js';
import { checkAgainstSchema } from './check-against-schema.js';
import { checkAgainstTarget, type Given } from './check-against-target.js';
import { mappingsSchema } from './configuration-schema.js';
import type { FieldError } from './connection.errors.js';

export interface SourceTypes {
  user: ResourceType;
  group: ResourceType;
}

export const standardTypes: SourceTypes = { user: userType, group: groupType };

/**
 * Everything that is wrong with mappings: against the hub's schemas, the connector, and, where it is known, what
 * the target says of itself. Expressions are compiled and tried out on a sample.
 */
export async function checkMappings(
  module: ConnectorModule,
  mappings: Mappings,
  types: SourceTypes = standardTypes,
  discovery?: Discovery,
): Promise<FieldError[]> {
  const errors = checkAgainstSchema('mappings', mappingsSchema, mappings);
  if (errors.length > 0) return errors;
  const { users, groups } = mappings;
  return [
    ...(await new MappingCheck(module, 'user', 'mappings.users', types.user, discovery).errorsOf(users)),
    ...(groups
      ? await new MappingCheck(module, 'group', 'mappings.groups', types.group, discovery).errorsOf(groups)
      : []),
  ];
}

class MappingCheck {
  private readonly errors: FieldError[] = [];
  private readonly sample: Record<string, unknown>;

  constructor(
    private readonly module: ConnectorModule,
    private readonly subject: 'user' | 'group',
    private readonly field: string,
    private readonly type: ResourceType,
    private readonly discovery: Discovery | undefined,
  ) {
    this.sample = sampleSubject(type);
  }

  async errorsOf(mapping: ObjectMapping): Promise<FieldError[]> {
    const matched = new Set(mapping.matching.map(({ target }) => target));
    for (const [at, rule] of mapping.matching.entries()) {
      const field = `${this.field}.matching.${at}`;
      const ways = [rule.source, rule.expression].filter((way) => way !== undefined);
      if (ways.length !== 1) this.add(field, 'needs either a source or an expression, and not both.');
      if (rule.source !== undefined)
        this.attempt(`${field}.source`, () => sourceAttribute(rule.source!, this.type));
      if (rule.expression !== undefined)
        await this.expression(field, rule.target, rule.expression, 'matching');
      this.target(`${field}.target`, rule.target);
    }
    const given: Given[] = [];
    const targets = mapping.attributes.map(({ target }) => target);
    for (const [at, line] of mapping.attributes.entries()) {
      const field = `${this.field}.attributes.${at}`;
      given.push({ field, mapping: line, value: await this.valueOf(field, line, matched) });
      this.target(`${field}.target`, line.target);
      if (targets.indexOf(line.target) !== at)
        this.add(`${field}.target`, 'is mapped twice: keep one of the two lines.');
    }
    if (this.discovery) {
      this.errors.push(
        ...checkAgainstTarget(this.discovery, this.subject, this.field, mapping.matching, given),
      );
    }
    return this.errors;
  }

  /** What the line gives, as far as it can be told. */
  private async valueOf(
    field: string,
    { target, source, constant, expression, kind, apply }: AttributeMapping,
    matched: Set<string>,
  ): Promise<SourceAttribute | { value: unknown } | undefined> {
    const ways = [source, constant, expression].filter((way) => way !== undefined);
    if (ways.length !== 1) {
      this.add(field, 'needs one of source, constant and expression, and no more than one.');
      return undefined;
    }
    if (kind === 'reference' && this.subject === 'group') {
      this.add(
        `${field}.kind`,
        'is for users: the members of a group follow by themselves. Remove the line.',
      );
      return undefined;
    }
    if (kind === 'reference' && source === undefined) {
      this.add(`${field}.source`, 'is missing: a reference is read from the source.');
      return undefined;
    }
    if (constant !== undefined) return { value: constant };
    if (source !== undefined) {
      const read = this.attempt(`${field}.source`, () => sourceAttribute(source, this.type));
      return kind === 'reference' ? undefined : read;
    }
    const result = await this.expression(field, target, expression!, 'attribute');
    if (result?.compiled.inspected.unique) {
      if (apply !== 'create') {
        this.add(
          `${field}.apply`,
          'must be create: $SelectUniqueValue chooses once, when the account is made.',
        );
      }
      if (matched.has(target)) {
        this.add(
          `${field}.target`,
          'is matched by, too: what is chosen at creation cannot tell whose account it is. Match by another attribute.',
        );
      }
    }
    return result && 'value' in result ? { value: result.value } : undefined;
  }

  private async expression(
    field: string,
    target: string,
    text: string,
    use: 'matching' | 'attribute',
  ): Promise<{ compiled: CompiledExpression; value?: unknown } | undefined> {
    const at = `${field}.expression`;
    let compiled: CompiledExpression;
    try {
      compiled = compileExpression(text);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.add(at, `cannot be used for ${target}. ${error.message}`);
      return undefined;
    }
    const { reads, paths, unique, isLiteral } = compiled.inspected;
    if (unique && use === 'matching') {
      this.add(at, 'chooses a value that nobody has, so it finds nobody. Match by an attribute that stays.');
    }
    const before = this.errors.length;
    for (const steps of reads) this.attempt(at, () => checkSteps(steps, this.type));
    for (const path of paths) this.attempt(at, () => sourceAttribute(path, this.type));
    if (this.errors.length > before) return undefined;
    const tried = await compiled.evaluate(this.sample, {
      now: new Date(0),
      read: (path) => readPath(this.sample, path, this.type),
    });
    if ('error' in tried) {
      const { about, message } = tried.error;
      // What depends on the person may be right for the persons there are; it shows when it is tried out on one.
      if (!about || isLiteral(about.name, about.argument))
        this.add(at, `cannot be used for ${target}. ${message}`);
      return { compiled };
    }
    return 'value' in tried ? { compiled, value: tried.value } : { compiled };
  }

  private target(field: string, target: string): void {
    const message = this.module.checkAttribute?.(this.subject, target);
    if (message !== undefined) this.add(field, message);
  }

  private attempt<T>(field: string, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      this.add(field, error.detail);
      return undefined;
    }
  }

  private add(field: string, message: string): void {
    this.errors.push({ field, message });
  }
}
