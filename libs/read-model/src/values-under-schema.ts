import { Injectable } from '@nestjs/common';
import { StoredValues, type ValuesOfAttribute } from '@rollcall/directory';
import { Database } from '@rollcall/platform';
import { type CustomSchema, findAttribute, fits, isObject, typesWith } from '@rollcall/scim';
import { Freshness } from './freshness.js';
import { holdersOf } from './holders.js';

const pageSize = 1000;

/** Looks through the directory tables, once they have seen every event committed before. */
@Injectable()
export class ValuesUnderSchema extends StoredValues {
  constructor(
    private readonly database: Database,
    private readonly freshness: Freshness,
  ) {
    super();
  }

  async under(tenantId: string, schema: CustomSchema): Promise<Map<string, ValuesOfAttribute>> {
    await this.freshness.upToDate(tenantId);
    const urn = schema.id.toLowerCase();
    const type = typesWith({ schemas: [schema], removed: [] })[schema.resourceType];
    const { attributes } = type.custom.get(urn)!.extension!;
    const values = new Map<string, ValuesOfAttribute>();
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const page = await holdersOf(this.database.pool, tenantId, schema.resourceType, [urn], after, pageSize);
      for (const { id, resource, deleted_at: deleted } of page) {
        const key = Object.keys(resource).find((name) => name.toLowerCase() === urn)!;
        const content = resource[key];
        if (deleted || !isObject(content)) continue;
        for (const [name, value] of Object.entries(content)) {
          const attribute = findAttribute(attributes, name);
          note(values, name.toLowerCase(), id, attribute === undefined || fits(value, attribute));
        }
      }
      if (page.length < pageSize) return values;
      after = page.at(-1)!.id;
    }
  }
}

function note(values: Map<string, ValuesOfAttribute>, name: string, id: string, fit: boolean): void {
  const known = values.get(name) ?? { held: 0, unfit: 0, example: id };
  if (!fit && known.unfit === 0) known.example = id;
  known.held += 1;
  if (!fit) known.unfit += 1;
  values.set(name, known);
}
