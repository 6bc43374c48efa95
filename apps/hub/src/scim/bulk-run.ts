import {
  bulkIdsIn,
  type BulkOperation,
  type BulkRequest,
  type Deferred,
  deferReferences,
  errorBody,
  type ErrorBody,
  isObject,
  parseBulkOperation,
  patchOpUrn,
  ScimError,
  withIds,
} from '@rollcall/scim';
import type { GroupWrites } from './group-writes.js';
import type { TracedFailure } from '../request-log/request-trace.js';
import { etag } from './present-resource.js';
import { knownVersions, type Writer } from './scim-request.js';
import type { UserWrites } from './user-writes.js';

/** One operation of the response: RFC 7644 section 3.7. */
export interface BulkOutcome {
  method?: unknown;
  bulkId?: string;
  location?: string;
  version?: string;
  status: string;
  response?: ErrorBody;
}

interface Surroundings {
  writes: { User: UserWrites; Group: GroupWrites };
  writer: Writer;
  baseUrl: string;
  toError(thrown: unknown): ScimError;
}

interface Waiting {
  at: number;
  operation: BulkOperation;
  id: string;
  later: Deferred['later'];
}

/**
 * Carries the operations of one bulk out, in their order, except that what an operation refers to comes before
 * it. Resources that refer to each other in a circle are created without that reference, which is added when
 * the circle is complete; one whose reference cannot be added is taken back, so an operation is done or not.
 */
export class BulkRun {
  private readonly outcomes: (BulkOutcome | undefined)[] = [];
  private readonly begun = new Set<number>();
  private readonly creations = new Map<string, number>();
  private readonly ids = new Map<string, string>();
  private readonly waiting: Waiting[] = [];
  private readonly failures: TracedFailure[] = [];

  constructor(
    private readonly bulk: BulkRequest,
    private readonly around: Surroundings,
  ) {
    bulk.operations.forEach((operation, at) => {
      const bulkId = isObject(operation) && operation.bulkId;
      if (typeof bulkId === 'string' && !this.creations.has(bulkId)) this.creations.set(bulkId, at);
    });
  }

  /** Without the operations that were not begun because of failOnErrors. */
  async toItsEnd(): Promise<BulkOutcome[]> {
    for (let at = 0; at < this.bulk.operations.length; at++) {
      await this.carryOut(at);
      for (const waiting of this.waiting.splice(0)) await this.complete(waiting);
    }
    this.around.writer.trace.bulk = { operations: this.bulk.operations.length, failures: this.failures };
    return this.outcomes.filter((outcome) => outcome !== undefined);
  }

  private async carryOut(at: number): Promise<void> {
    if (this.begun.has(at) || this.isOver()) return;
    this.begun.add(at);
    let operation: BulkOperation | undefined;
    try {
      operation = this.around.writer.trace.noting((warnings) =>
        parseBulkOperation(this.bulk.operations[at], warnings),
      );
      if (operation.method === 'POST' && this.creations.get(operation.bulkId!) !== at) {
        throw new ScimError(
          400,
          `bulkId "${operation.bulkId}" is used by another operation. Give each POST one of its own.`,
          'invalidValue',
        );
      }
      const missing = await this.resolveFirst(operation);
      if (this.isOver()) return;
      this.outcomes[at] = await this.execute(at, operation, missing);
    } catch (error) {
      this.fail(at, operation, error);
    }
  }

  /** @returns the bulkIds that cannot be had yet, because their operations wait for this one */
  private async resolveFirst({ id, data }: BulkOperation): Promise<Set<string>> {
    const missing = new Set<string>();
    for (const bulkId of new Set([...bulkIdsIn(id), ...bulkIdsIn(data)])) {
      const at = this.creations.get(bulkId);
      if (at === undefined) {
        throw new ScimError(
          400,
          `No operation of this bulk has the bulkId "${bulkId}". Add the POST it stands for, or name an id.`,
          'invalidValue',
        );
      }
      await this.carryOut(at);
      if (this.ids.has(bulkId)) continue;
      if (this.outcomes[at]) throw dependsOnFailed(bulkId);
      missing.add(bulkId);
    }
    return missing;
  }

  private async execute(
    at: number,
    operation: BulkOperation,
    missing: ReadonlySet<string>,
  ): Promise<BulkOutcome> {
    const { method, type, version } = operation;
    const { writer } = this.around;
    const writes = this.around.writes[type];
    if (method === 'POST') {
      const { now, later } = deferReferences(operation.data!, missing);
      const created = await writes.create(writer, this.resolved(now));
      this.ids.set(operation.bulkId!, created.id);
      if (later.length > 0) this.waiting.push({ at, operation, id: created.id, later });
      return this.done(operation, '201', created.id, created);
    }
    const id = this.resolved(operation.id!);
    const ifMatch = knownVersions(version);
    if (method === 'DELETE') {
      await writes.delete(writer, id, ifMatch);
      return this.done(operation, '204', id);
    }
    const data = this.resolved(operation.data);
    const changed =
      method === 'PUT'
        ? await writes.replace(writer, id, data, ifMatch)
        : await writes.patch(writer, id, data, ifMatch);
    return this.done(operation, '200', id, changed);
  }

  private async complete({ at, operation, id, later }: Waiting): Promise<void> {
    const writes = this.around.writes[operation.type];
    try {
      const patch = { schemas: [patchOpUrn], Operations: this.resolved(later) };
      const changed = await writes.patch(this.around.writer, id, patch);
      this.outcomes[at] = this.done(operation, '201', id, changed);
    } catch (error) {
      this.ids.delete(operation.bulkId!);
      await writes.delete(this.around.writer, id);
      this.fail(at, operation, error);
    }
  }

  private resolved<T>(value: T): T {
    return withIds(value, (bulkId) => {
      const id = this.ids.get(bulkId);
      if (id === undefined) throw dependsOnFailed(bulkId);
      return id;
    });
  }

  private done(
    { method, bulkId, type }: BulkOperation,
    status: string,
    id: string,
    state?: { version: number },
  ): BulkOutcome {
    return {
      method,
      ...(bulkId && { bulkId }),
      location: `${this.around.baseUrl}/${type}s/${id}`,
      ...(state && { version: etag(state) }),
      status,
    };
  }

  private fail(at: number, operation: BulkOperation | undefined, thrown: unknown): void {
    const error = this.around.toError(thrown);
    const sent = this.bulk.operations[at];
    const { method, bulkId } = isObject(sent) ? sent : {};
    this.failures.push({ at: at + 1, error });
    this.outcomes[at] = {
      method,
      ...(typeof bulkId === 'string' && { bulkId }),
      ...(operation?.id && { location: `${this.around.baseUrl}/${operation.type}s/${operation.id}` }),
      status: String(error.status),
      response: errorBody(error),
    };
  }

  private isOver(): boolean {
    return this.failures.length >= (this.bulk.failOnErrors ?? Infinity);
  }
}

function dependsOnFailed(bulkId: string): ScimError {
  return new ScimError(
    409,
    `This operation refers to bulkId "${bulkId}", whose operation failed. Mend that one and send both again.`,
  );
}
