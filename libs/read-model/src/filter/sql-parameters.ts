/** Collects the values of a statement and gives their placeholders. */
export class SqlParameters {
  readonly values: unknown[] = [];
  private readonly first: number;
  private aliases = 0;

  constructor(first: number) {
    this.first = first;
  }

  text(value: string): string {
    return `${this.add(value)}::text`;
  }

  json(value: unknown): string {
    return `${this.add(JSON.stringify(value))}::jsonb`;
  }

  uuid(value: string): string {
    return `${this.add(value)}::uuid`;
  }

  /** Keys to follow into a JSON value. Names can come from a client, so they are never put into the text. */
  keys(keys: string[]): string {
    return `${this.add(keys)}::text[]`;
  }

  alias(prefix: string): string {
    return `${prefix}${++this.aliases}`;
  }

  private add(value: unknown): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}`;
  }
}
