import type { Attributes, WireCall } from '@rollcall/connectors';
import { userType } from '@rollcall/scim';
import type { AttributePlan, CompiledMapping } from '../plan/plan.js';

/** A call as it is kept: secrets are left out, long values are shortened. */
export interface RecordedCall {
  method: string;
  url: string;
  body?: unknown;
  /** What the target answered to it, where it was the last of its step. */
  answer?: string;
}

const mark = '(secret: not kept)';
const longestText = 500;
const mostElements = 50;
const mostCharacters = 20_000;
const deepest = 12;
const rememberAtMost = 1_000;

/** Names of attributes that hold secrets at targets of any kind: SCIM, LDAP, Active Directory, Google Workspace. */
const commonSecrets = [
  'password',
  'userPassword',
  'unicodePwd',
  'hashFunction',
  'passphrase',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'privateKey',
  'pin',
  'otp',
];

const scimSecrets = userType.schema.attributes
  .filter(({ returned, mutability }) => returned === 'never' || mutability === 'writeOnly')
  .map(({ name }) => name);

/** Which target attributes of a mapping hold secrets: by their own name, and by what they are made from. */
export class Secrets {
  private readonly names: ReadonlySet<string>;
  private readonly judged = new Map<string, boolean>();

  constructor(mapping?: Pick<CompiledMapping, 'attributes'>) {
    const always = new Set([...commonSecrets, ...scimSecrets].map((name) => name.toLowerCase()));
    const mapped = (mapping?.attributes ?? [])
      .filter(({ source, expression }) => {
        const from = source?.toLowerCase();
        return (
          (from !== undefined && always.has(lastName(from))) ||
          scimSecrets.some((name) => new RegExp(`\\b${name}\\b`, 'i').test(expression ?? ''))
        );
      })
      .map(({ target }) => target.toLowerCase());
    this.names = new Set([...always, ...mapped]);
  }

  has(attribute: string): boolean {
    const known = this.judged.get(attribute);
    if (known !== undefined) return known;
    const name = attribute.toLowerCase();
    const secret = this.names.has(name) || this.names.has(lastName(name));
    // The same names come with every account; values that stand where a name may are not kept for long.
    if (this.judged.size >= rememberAtMost) this.judged.clear();
    this.judged.set(attribute, secret);
    return secret;
  }
}

const known = new WeakMap<CompiledMapping, Secrets>();

/** Of a compiled mapping, worked out once. */
export function secretsOf(mapping: CompiledMapping | undefined): Secrets {
  if (!mapping) return new Secrets();
  let secrets = known.get(mapping);
  if (!secrets) {
    secrets = new Secrets(mapping);
    known.set(mapping, secrets);
  }
  return secrets;
}

/** What was, or was to be, changed; of a secret only that it was. */
export function redactChanges(changes: AttributePlan[], secrets: Secrets): AttributePlan[] {
  if (!changes.some(({ attribute }) => secrets.has(attribute))) return changes;
  return changes.map((change) =>
    secrets.has(change.attribute)
      ? {
          attribute: change.attribute,
          ...(change.from !== undefined && { from: mark }),
          ...(change.to !== undefined && { to: mark }),
        }
      : change,
  );
}

const commonly = new Secrets();

/** Attributes of an account, with those that commonly hold secrets only by their names. */
export function withoutSecrets(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, commonly.has(name) ? mark : value]),
  );
}

/** Calls with their bodies as far as they may be kept. */
export function redactCalls(calls: (WireCall & { answer?: string })[], secrets: Secrets): RecordedCall[] {
  return calls.map(({ method, url, body, answer }) => ({
    method,
    url,
    ...(body !== undefined && { body: new Redaction(secrets).value(body, 0) }),
    ...(answer !== undefined && { answer }),
  }));
}

class Redaction {
  private left = mostCharacters;

  constructor(private readonly secrets: Secrets) {}

  value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Buffer.isBuffer(value)) return `(${value.length} bytes)`;
    if (typeof value !== 'object' || value === null) {
      this.left -= 8;
      return value;
    }
    if (this.left <= 0 || depth > deepest) return '…';
    return Array.isArray(value) ? this.list(value, depth) : this.object(value as object, depth);
  }

  private text(text: string): string {
    const shown = Math.min(longestText, Math.max(0, this.left));
    this.left -= Math.min(text.length, longestText);
    return text.length > shown ? `${text.slice(0, shown)}… (${text.length} characters)` : text;
  }

  private list(values: unknown[], depth: number): unknown[] {
    const shown: unknown[] = [];
    for (const value of values) {
      if (shown.length === mostElements || this.left <= 0) break;
      shown.push(this.value(value, depth + 1));
    }
    if (shown.length < values.length) shown.push(`… and ${values.length - shown.length} more`);
    return shown;
  }

  private object(object: object, depth: number): Record<string, unknown> {
    const hidden = this.namesSecret(object);
    const shown: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(object)) {
      this.left -= key.length + 4;
      const out = this.secrets.has(key) || (hidden && /^(?:value|values|vals|val)$/i.test(key));
      shown[key] = out && value !== null && value !== undefined ? mark : this.value(value, depth + 1);
    }
    return shown;
  }

  /** {"op": "replace", "path": "password", "value": ...}, {"attribute": "unicodePwd", "values": [...]} and the like. */
  private namesSecret(object: object): boolean {
    return Object.entries(object).some(
      ([key, value]) =>
        typeof value === 'string' &&
        /^(?:path|attribute|attr|name|type)$/i.test(key) &&
        this.secrets.has(value),
    );
  }
}

/** "urn:...:User:password", "name.givenName" and "emails[type eq \"work\"].value" by their last name. */
function lastName(path: string): string {
  return path
    .replaceAll(/\[[^\]]*\]/g, '')
    .split(/[.:]/)
    .at(-1)!;
}
