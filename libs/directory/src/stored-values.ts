import type { CustomSchema } from '@rollcall/scim';

/** How an attribute's values are stored, whether it was declared when they came or not. */
export interface ValuesOfAttribute {
  /** How many undeleted resources have a value of it. */
  held: number;
  /** Of these, how many have one that cannot be read as the schema declares it. */
  unfit: number;
  /** The id of one that has an unfit value, else of one that has any. */
  example: string;
}

/** Where commands find what values an attribute has. The read model fulfils it. */
export abstract class StoredValues {
  /** By lower-case name; an attribute without values is not in it. */
  abstract under(tenantId: string, schema: CustomSchema): Promise<Map<string, ValuesOfAttribute>>;
}
