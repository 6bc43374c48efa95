import { Injectable } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EventStore, type NewEvent } from '@rollcall/event-store';
import type { CustomSchema } from '@rollcall/scim';
import type { ChangeOrigin } from './change-origin.js';
import { againOnConflict } from './record-change.js';
import {
  changeSchema,
  defineSchema,
  readSchema,
  removeSchema,
  schemaOf,
  withChange,
} from './schema.decide.js';
import { type SchemaEvent, schemaStream, schemaStreamId } from './schema.events.js';
import { evolveSchemas, noSchemas, type SchemasState } from './schema.evolve.js';
import { StoredValues } from './stored-values.js';

/** `given` is as it was sent. Throws SchemaRefused. */
export class DefineSchema extends Command<CustomSchema> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly given: unknown,
  ) {
    super();
  }
}

/** Fields that are not given stay. Throws SchemaRefused, SchemaUnknown, SchemaIsStandard. */
export class ChangeSchema extends Command<CustomSchema> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly urn: string,
    readonly change: Record<string, unknown>,
  ) {
    super();
  }
}

/** Its values stay stored and are not shown. Throws SchemaUnknown, SchemaIsStandard. */
export class RemoveSchema extends Command<void> {
  constructor(
    readonly tenantId: string,
    readonly origin: ChangeOrigin,
    readonly urn: string,
  ) {
    super();
  }
}

@Injectable()
export class SchemaChanges {
  constructor(private readonly store: EventStore) {}

  apply(
    tenantId: string,
    origin: ChangeOrigin,
    decide: (state: SchemasState) => Promise<SchemaEvent[]>,
  ): Promise<void> {
    return againOnConflict(undefined, async () => {
      const state = await this.state(tenantId);
      const events = await decide(state);
      if (events.length === 0) return;
      await this.store.append(tenantId, {
        streamId: schemaStreamId(tenantId),
        streamType: schemaStream,
        expected: state.version === 0 ? 'none' : state.version,
        events: events as unknown as NewEvent[],
        metadata: origin,
      });
    });
  }

  private async state(tenantId: string): Promise<SchemasState> {
    const events = await this.store.readStream(tenantId, schemaStreamId(tenantId));
    return events.reduce(
      (state, event) => evolveSchemas(state, event as unknown as SchemaEvent, event),
      noSchemas,
    );
  }
}

@CommandHandler(DefineSchema)
export class DefineSchemaHandler implements ICommandHandler<DefineSchema> {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly values: StoredValues,
  ) {}

  async execute({ tenantId, origin, given }: DefineSchema): Promise<CustomSchema> {
    const schema = readSchema(given);
    const values = await this.values.under(tenantId, schema);
    await this.changes.apply(tenantId, origin, async (state) => defineSchema(state, schema, values));
    return schema;
  }
}

@CommandHandler(ChangeSchema)
export class ChangeSchemaHandler implements ICommandHandler<ChangeSchema> {
  constructor(
    private readonly changes: SchemaChanges,
    private readonly values: StoredValues,
  ) {}

  async execute({ tenantId, origin, urn, change }: ChangeSchema): Promise<CustomSchema> {
    let schema: CustomSchema;
    await this.changes.apply(tenantId, origin, async (state) => {
      schema = withChange(schemaOf(state, urn), change);
      return changeSchema(state, schema, await this.values.under(tenantId, schema));
    });
    return schema!;
  }
}

@CommandHandler(RemoveSchema)
export class RemoveSchemaHandler implements ICommandHandler<RemoveSchema> {
  constructor(private readonly changes: SchemaChanges) {}

  execute({ tenantId, origin, urn }: RemoveSchema): Promise<void> {
    return this.changes.apply(tenantId, origin, async (state) => removeSchema(state, urn));
  }
}
