import { type AttributeDefinition, type ResourceType } from '@rollcall/scim';

/** Which values a log may show: by what the schemas say of their attributes, names in lower case. */
export interface Visibility {
  shown: ReadonlySet<string>;
  /** `returned` never, or write-only. */
  secret: ReadonlySet<string>;
}

/** Keys of the messages of RFC 7644, and of the common attributes a client may send back. */
const messageKeys = [
  'schemas, id, externalId, meta, resourceType, created, lastModified, location, version',
  'Operations, op, path, value, data, method, bulkId, failOnErrors, $ref',
  'filter, sortBy, sortOrder, startIndex, count, cursor, attributes, excludedAttributes',
].flatMap((keys) => keys.toLowerCase().split(', '));

export function visibilityOf(types: readonly ResourceType[]): Visibility {
  const shown = new Set(messageKeys);
  const secret = new Set<string>();
  const add = (definition: AttributeDefinition) => {
    const name = definition.name.toLowerCase();
    const hidden = definition.returned === 'never' || definition.mutability === 'writeOnly';
    (hidden ? secret : shown).add(name);
    definition.subAttributes?.forEach(add);
  };
  for (const type of types) {
    for (const schema of [type.schema, ...type.extensions.map((extension) => extension.schema)]) {
      shown.add(schema.id.toLowerCase());
      schema.attributes.forEach(add);
    }
    for (const { urn } of type.urns) shown.add(urn);
  }
  return { shown, secret };
}

export interface Redacted {
  body: unknown;
  /** Values that were kept out because they are secret. */
  secrets: string[];
}

const secretMark = '(secret: not kept)';
const unknownMark = '(in no schema: not kept)';
const longestText = 300;
const longestName = 500;
const longestExpression = 12_000;
const mostSecrets = 100;
const mostElements = 20;
const mostCharacters = 12_000;
const deepest = 12;

/**
 * The body as it may be kept: values of secret attributes and of attributes that no schema has are left out,
 * long texts, lists and bodies are shortened and say by how much.
 */
export function redactBody(body: unknown, visibility: Visibility): Redacted {
  return new Redaction(visibility).of(body);
}

/** An address or the like, in which filters may stand. */
export function redactText(text: string, visibility: Visibility): { text: string; secrets: string[] } {
  return new Redaction(visibility).ofText(text);
}

class Redaction {
  private left = mostCharacters;
  private readonly secrets: string[] = [];

  constructor(private readonly visibility: Visibility) {}

  of(body: unknown): Redacted {
    return { body: this.value(body, 0), secrets: this.secrets };
  }

  ofText(text: string): { text: string; secrets: string[] } {
    return { text: this.expression(text), secrets: this.secrets };
  }

  private value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value !== 'object' || value === null) {
      this.left -= 8;
      return value;
    }
    if (this.left <= 0 || depth > deepest) return '…';
    return Array.isArray(value)
      ? this.list(value, depth)
      : this.object(value as Record<string, unknown>, depth);
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

  private object(object: Record<string, unknown>, depth: number): Record<string, unknown> {
    const shown: Record<string, unknown> = {};
    const path = pathOf(object);
    const ofPath = path === undefined ? 'shown' : this.standing(path);
    for (const key of Object.keys(object)) {
      if (this.left <= 0) {
        shown['…'] = `and ${Object.keys(object).length - Object.keys(shown).length} more`;
        break;
      }
      const cut = key.slice(0, longestText);
      const name = key.includes('"') ? this.expression(cut, key) : cut;
      const value = object[key];
      this.left -= name.length + 4;
      const standing = key.toLowerCase() === 'value' && ofPath !== 'shown' ? ofPath : this.standing(key);
      if (standing === 'secret') shown[name] = this.keepOut(value);
      else if (standing === 'unknown' && value !== null) shown[name] = this.leaveOut();
      else if (isExpression(key) && typeof value === 'string') {
        shown[name] = this.expression(this.text(value), value);
      } else shown[name] = this.value(value, depth + 1);
    }
    return shown;
  }

  /** Of an attribute name or path: unknown as soon as one of its parts is. */
  private standing(name: string): 'shown' | 'secret' | 'unknown' {
    if (name.length > longestName) return 'unknown';
    const lower = name.toLowerCase();
    const { shown, secret } = this.visibility;
    if (shown.has(lower)) return 'shown';
    const parts = partsOf(lower);
    if (parts.some((part) => secret.has(part))) return 'secret';
    return parts.every((part) => shown.has(part)) ? 'shown' : 'unknown';
  }

  /** Filters and paths may compare a secret with something. */
  private expression(shown: string, given = shown): string {
    const whole = given.slice(0, longestExpression);
    const lower = whole.toLowerCase();
    const secret = [...this.visibility.secret].some((name) => lower.includes(name));
    if (!secret) return shown;
    for (const [literal] of whole.matchAll(literals)) this.keepOut(plainText(literal));
    return shown.replaceAll(literals, '"…"');
  }

  private leaveOut(): string {
    this.left -= unknownMark.length;
    return unknownMark;
  }

  private keepOut(value: unknown, depth = 0): string {
    if (this.secrets.length >= mostSecrets || depth > deepest) return secretMark;
    if (typeof value === 'string' || typeof value === 'number') this.secrets.push(String(value));
    else if (typeof value === 'object' && value !== null) {
      for (const key in value) this.keepOut((value as Record<string, unknown>)[key], depth + 1);
    }
    return secretMark;
  }
}

/** In filters: strings, also unfinished ones, and bare words after an operator. */
const literals = /"(?:[^"\\]|\\.)*"?|(?<=\s(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+)[^\s")\]]+/gi;

function plainText(literal: string): string {
  return literal.replaceAll(/^"|"$/g, '');
}

function isExpression(key: string): boolean {
  return /^(?:path|filter)$/i.test(key);
}

function pathOf(object: Record<string, unknown>): string | undefined {
  const path = object['path'] ?? Object.entries(object).find(([key]) => key.toLowerCase() === 'path')?.[1];
  return typeof path === 'string' && !path.startsWith('/') && path !== '' ? path : undefined;
}

/** "urn:...:2.0:User:manager.value" and "emails[type eq \\"work\\"].value" in their names. */
function partsOf(name: string): string[] {
  const plain = name.replaceAll(/\[[^\]]*\]?/g, '');
  const local = plain.startsWith('urn:') ? plain.replace(/^.*:\d+(?:\.\d+)*:?[^:.]*[:.]/, '') : plain;
  return local.split('.').filter((part) => part !== '');
}

/** Text in which none of the secrets stands any more. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    // Messages quote the beginning of a long value.
    for (const part of [secret, secret.slice(0, 60), secret.slice(0, 40)]) {
      if (part.length > 2) result = result.replaceAll(part, '…');
    }
  }
  return result;
}
