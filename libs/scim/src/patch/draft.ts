import { isObject, sameJson, type Attributes, type JsonObject } from '../json.js';

/** Where an attribute lives: at the top, or in the extension of that URN. */
export interface Place {
  urn: string | undefined;
  name: string;
}

/** Attributes under change. What it was made from is never touched: objects are copied before the first write. */
export class Draft {
  private current: Attributes;
  private readonly original: Attributes;
  private readonly copied = new Set<string>();

  constructor(original: Attributes) {
    this.original = original;
    this.current = original;
  }

  get attributes(): Attributes {
    return this.current;
  }

  get changed(): boolean {
    return this.current !== this.original && !sameJson(this.current, this.original);
  }

  get({ urn, name }: Place): unknown {
    const holder = urn === undefined ? this.current : this.current[spelling(this.current, urn)];
    return isObject(holder) ? holder[spelling(holder, name)] : undefined;
  }

  set({ urn, name }: Place, value: unknown): void {
    if (this.current === this.original) this.current = { ...this.original };
    if (urn === undefined) {
      write(this.current, name, value);
      return;
    }
    const key = spelling(this.current, urn);
    const holder = this.ownExtension(key);
    write(holder, name, value);
    if (Object.keys(holder).length === 0) this.dropExtension(key);
  }

  dropExtension(urn: string): void {
    if (this.current === this.original) this.current = { ...this.original };
    const key = spelling(this.current, urn);
    delete this.current[key];
    this.copied.delete(key);
  }

  private ownExtension(key: string): JsonObject {
    const holder = this.current[key];
    if (isObject(holder) && this.copied.has(key)) return holder;
    const copy = isObject(holder) ? { ...holder } : {};
    this.current[key] = copy;
    this.copied.add(key);
    return copy;
  }
}

/** The key as the holder has it already: names that no schema has keep their first spelling. */
function spelling(holder: JsonObject, name: string): string {
  if (Object.hasOwn(holder, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(holder).find((key) => key.toLowerCase() === lower) ?? name;
}

function write(holder: JsonObject, name: string, value: unknown): void {
  const key = spelling(holder, name);
  if (value === undefined) delete holder[key];
  else holder[key] = value;
}
