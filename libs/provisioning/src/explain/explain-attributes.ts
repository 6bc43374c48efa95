import type { AttributeMapping, Attributes, AttributeValue, Mappings } from '@rollcall/connectors';
import type { RecordedEvent } from '@rollcall/event-store';
import { Database } from '@rollcall/platform';
import { type Cause, causesAt } from '../history/cause.js';
import { changesByPosition } from '../history/changes-by-position.js';
import { type Log, operationEvents, ownEvents } from '../history/recorded-events.js';
import type { Changed } from '../history/state-differences.js';
import type { OperationPayload } from '../report/operation.events.js';
import { type RecordedCall, Secrets } from '../report/redact-operation.js';
import { targetObjectId } from '../report/operation.events.js';
import { rootsOf, touches } from './source-roots.js';

/** Why an attribute has the value it has at a target: source event, mapping, call, answer. */
export interface AttributeExplanation {
  /** Of the target. */
  attribute: string;
  /** As it was last written, or found when the account was taken over. Left out: none. */
  value?: AttributeValue;
  /** In an admin's words. */
  text: string;
  /** The change in the directory that gave it; null for a constant, or where the configuration did. */
  source: (Cause & { change: Changed }) | null;
  mapping: {
    version: number;
    kind: 'direct' | 'expression' | 'constant' | 'reference' | 'none';
    /** Source path, expression or constant. */
    from: string | null;
    apply: 'always' | 'create';
  } | null;
  operation: { id: string; at: Date; action: string; reason: string; attempt: number } | null;
  /** The call that wrote it, as far as it may be kept, with what was answered. */
  call: RecordedCall | null;
}

const secrets = new Secrets();

/** @param wanted a target attribute or a source path; left out: every attribute */
export async function explainAttributes(
  log: Log,
  tenantId: string,
  connection: { id: string; name: string },
  userId: string,
  written: Attributes,
  wanted?: string,
): Promise<AttributeExplanation[]> {
  const [operations, own] = await Promise.all([
    operationEvents(log, tenantId, [targetObjectId(connection.id, userId)]),
    ownEvents(log, tenantId, [userId]),
  ]);
  const writers = lastWriters(operations);
  const mappings = await mappingsOf(log.database, tenantId, connection.id, [...writers.values()]);
  const changes = changesByPosition(own);
  const found = [...new Set([...Object.keys(written), ...writers.keys()])].sort().flatMap((attribute) => {
    const writer = writers.get(attribute);
    const version = writer && payloadOf(writer).configVersion;
    const lines = version === undefined ? undefined : mappings.get(version)?.users.attributes;
    const line = lines?.find(({ target }) => target.toLowerCase() === attribute.toLowerCase());
    if (wanted !== undefined && !isWanted(wanted, attribute, line)) return [];
    const source = writer && line && sourceOf(line, changes, writer.position);
    return [{ attribute, writer, line, source }];
  });
  const causes = await causesAt(
    log.database,
    tenantId,
    found.flatMap(({ source }) => source?.position ?? []),
  );
  return found.map(({ attribute, writer, line, source }) => {
    const cause = source && causes.get(source.position);
    return toExplanation(
      connection.name,
      attribute,
      written[attribute],
      writer,
      line,
      cause && source && { ...cause, change: source.change },
    );
  });
}

function lastWriters(operations: RecordedEvent[]): Map<string, RecordedEvent> {
  const writers = new Map<string, RecordedEvent>();
  for (const event of operations) {
    if (!event.payload) continue;
    const { action, changes } = payloadOf(event);
    if (action === 'create' || action === 'adopt' || action === 'delete') writers.clear();
    for (const { attribute } of changes) writers.set(attribute, event);
  }
  return writers;
}

function payloadOf({ payload }: RecordedEvent): OperationPayload {
  return payload as unknown as OperationPayload;
}

async function mappingsOf(
  database: Database,
  tenantId: string,
  connectionId: string,
  writers: RecordedEvent[],
): Promise<Map<number, Mappings>> {
  const versions = [...new Set(writers.map((writer) => payloadOf(writer).configVersion))];
  const rows = await database.query<{ version: number; mappings: Mappings | null }>(
    `select version, coalesce(mappings_used, mappings) as mappings from hub.connection_version
     where tenant_id = $1 and connection_id = $2 and version = any($3::int[])`,
    [tenantId, connectionId, versions],
  );
  return new Map(rows.flatMap(({ version, mappings }) => (mappings ? [[version, mappings]] : [])));
}

function isWanted(wanted: string, attribute: string, line: AttributeMapping | undefined): boolean {
  const name = wanted.toLowerCase();
  if (attribute.toLowerCase() === name || line?.source?.toLowerCase() === name) return true;
  return (
    line !== undefined &&
    rootsOf(line).some((root) => root.name.toLowerCase() === name || root.sub?.toLowerCase() === name)
  );
}

/** The newest change before the write of something that the mapping reads. */
function sourceOf(
  line: AttributeMapping,
  changes: Map<number, Changed[]>,
  before: number,
): { position: number; change: Changed } | undefined {
  const roots = rootsOf(line);
  let newest: { position: number; change: Changed } | undefined;
  for (const [position, changed] of changes) {
    if (position >= before || (newest && newest.position > position)) continue;
    const change = changed.find((one) => roots.some((root) => touches(root, one)));
    if (change) newest = { position, change };
  }
  return newest;
}

function toExplanation(
  connection: string,
  attribute: string,
  value: AttributeValue | undefined,
  writer: RecordedEvent | undefined,
  line: AttributeMapping | undefined,
  source: AttributeExplanation['source'] | undefined,
): AttributeExplanation {
  const operation = writer && payloadOf(writer);
  const shown = value !== undefined && secrets.has(attribute) ? '(secret: not kept)' : value;
  const mapping = operation && {
    version: operation.configVersion,
    kind: kindOf(line),
    from: line ? fromOf(line) : null,
    apply: line?.apply ?? ('always' as const),
  };
  const writes = operation?.calls.filter(({ method }) => method !== 'GET') ?? [];
  return {
    attribute,
    ...(shown !== undefined && { value: shown }),
    text: textOf(connection, attribute, shown, writer, mapping ?? null, source ?? null),
    source: source ?? null,
    mapping: mapping ?? null,
    operation: operation
      ? {
          id: operation.operationId,
          at: writer.recordedAt,
          action: operation.action,
          reason: operation.reason,
          attempt: operation.attempt,
        }
      : null,
    call: writes.at(-1) ?? null,
  };
}

type Kind = NonNullable<AttributeExplanation['mapping']>['kind'];

function kindOf(line: AttributeMapping | undefined): Kind {
  if (!line) return 'none';
  if (line.kind === 'reference') return 'reference';
  if (line.expression !== undefined) return 'expression';
  return line.source !== undefined ? 'direct' : 'constant';
}

function fromOf({ source, expression, constant }: AttributeMapping): string {
  return source ?? expression ?? JSON.stringify(constant);
}

function textOf(
  connection: string,
  attribute: string,
  value: AttributeValue | undefined,
  writer: RecordedEvent | undefined,
  mapping: AttributeExplanation['mapping'],
  source: AttributeExplanation['source'],
): string {
  const has = value === undefined ? 'has no value' : `is ${JSON.stringify(value)}`;
  if (!writer || !mapping) {
    return `${attribute} ${has} at ${connection}: it was so when the account was taken over, and the hub has not written it since.`;
  }
  const by = source
    ? `${source.by.source.name ?? source.by.source.id} changed ${source.change.attribute} on ${source.at.toISOString()}`
    : mapping.kind === 'constant'
      ? 'the mapping says so for everybody'
      : 'the configuration, or the state of the account, asked for it';
  const from =
    mapping.from === null ? '' : ` (${mapping.kind} "${mapping.from}", configuration ${mapping.version})`;
  return `${attribute} ${has} at ${connection} because ${by}; it was written on ${writer.recordedAt.toISOString()}${from}.`;
}
