import type { Append, Appended, ExpectedVersion } from './event.js';
import { ClaimConflict, VersionConflict } from './event-store.errors.js';
import { sealPayload } from './payload-seal.js';

/** An append with the key that seals it; `wrapped` only for a subject whose key is new. */
export interface PreparedAppend {
  append: Append;
  key: Buffer;
  wrapped?: Buffer;
}

interface Outcome {
  position: number;
  version: number;
  at: string;
  conflict?: 'version' | 'claim';
  kind: string;
  key: string;
  holder: string;
}

/** The arguments of the SQL function hub.append for appends that travel together. */
export function toAppendArguments(tenantId: string, prepared: PreparedAppend[]): [string, string, Buffer] {
  const payloads: Buffer[] = [];
  let offset = 1;
  const appends = prepared.map(({ append, key, wrapped }) => ({
    s: append.streamId,
    t: append.streamType,
    u: append.subjectId ?? append.streamId,
    x: expectedAsNumber(append.expected),
    k: wrapped?.toString('hex'),
    m: append.metadata,
    c: append.claims?.length ? append.claims.map(({ kind, key: value }) => [kind, value]) : undefined,
    r: append.releases?.length ? append.releases.map(({ kind, key: value }) => [kind, value]) : undefined,
    e: append.events.map(({ type, payload, schemaVersion = 1 }) => {
      const sealed = sealPayload(key, payload, { tenantId, streamId: append.streamId, type, schemaVersion });
      const entry = [type, schemaVersion, offset, sealed.length];
      payloads.push(sealed);
      offset += sealed.length;
      return entry;
    }),
  }));
  return [tenantId, JSON.stringify(appends), Buffer.concat(payloads)];
}

export function toAppended(append: Append, outcome: Outcome): Appended | VersionConflict | ClaimConflict {
  if (outcome.conflict === 'version') return new VersionConflict(append.streamId, outcome.version);
  if (outcome.conflict === 'claim') {
    return new ClaimConflict({ kind: outcome.kind, key: outcome.key }, outcome.holder);
  }
  return {
    streamId: append.streamId,
    firstPosition: outcome.position - append.events.length + 1,
    lastPosition: outcome.position,
    version: outcome.version,
    recordedAt: new Date(outcome.at),
  };
}

function expectedAsNumber(expected: ExpectedVersion): number {
  if (expected === 'none') return 0;
  if (expected === 'any') return -1;
  if (expected === 'exists') return -2;
  return expected;
}
