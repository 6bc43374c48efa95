import type { Warning } from '../resource/warning.js';
import { badRequest, type ScimType } from '../scim-error.js';

export interface Token {
  kind: 'word' | 'string' | '(' | ')' | '[' | ']' | 'end';
  text: string;
  /** Where the token starts, counted from 0. */
  at: number;
}

const space = /\s*/y;
const word = /[^\s()[\]"]+/y;
const quoted = /"(?:[^"\\]|\\.)*"/sy;

/** Cuts a filter or path into tokens, one look-ahead at a time. */
export class Scanner {
  readonly text: string;
  next: Token;
  /** What was understood though it is beyond the grammar. */
  readonly warnings: Warning[];
  private readonly scimType: ScimType;
  private position = 0;

  constructor(text: string, scimType: ScimType, warnings: Warning[]) {
    this.text = text;
    this.warnings = warnings;
    this.scimType = scimType;
    this.next = this.scan();
  }

  take(): Token {
    const token = this.next;
    this.next = this.scan();
    return token;
  }

  takeIf(kind: Token['kind']): boolean {
    if (this.next.kind !== kind) return false;
    this.take();
    return true;
  }

  expect(kind: Token['kind'], what: string): Token {
    if (this.next.kind !== kind) this.fail(what);
    return this.take();
  }

  fail(expected: string, token = this.next): never {
    const what = this.scimType === 'invalidPath' ? 'path' : 'filter';
    const found = token.kind === 'end' ? `the ${what} ends` : `found ${token.text.slice(0, 60)}`;
    throw badRequest(
      this.scimType,
      `The ${what} cannot be read at character ${token.at + 1}: expected ${expected}, ${found}.`,
    );
  }

  private scan(): Token {
    this.skip(space);
    const at = this.position;
    const char = this.text[at];
    if (char === undefined) return { kind: 'end', text: '', at };
    if (char === '(' || char === ')' || char === '[' || char === ']') {
      this.position++;
      return { kind: char, text: char, at };
    }
    if (char === '"') {
      const text = this.skip(quoted);
      if (text === '')
        this.fail('a closing quotation mark', { kind: 'string', text: this.text.slice(at), at });
      return { kind: 'string', text, at };
    }
    return { kind: 'word', text: this.skip(word), at };
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }
}
