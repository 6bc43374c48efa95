import type { SchemaProblem } from '@rollcall/scim';

/** What was asked is not possible, with the fields and what to do. */
export class SchemaRefused extends Error {
  /** @param because invalid: as it is written; conflict: beside what there is already */
  constructor(
    readonly because: 'invalid' | 'conflict',
    readonly problems: SchemaProblem[],
  ) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join(' '));
  }
}

export class SchemaUnknown extends Error {
  constructor(readonly urn: string) {
    super(`There is no schema ${urn}.`);
  }
}

export class SchemaIsStandard extends Error {
  constructor(readonly urn: string) {
    super(`${urn} is of the standard and cannot be changed. Define a schema of your own beside it.`);
  }
}
