import { createRequire } from 'node:module';
import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom';

export type { Document, Element };

// Its own types bring those of browsers into every file.
const xpath = createRequire(import.meta.url)('xpath') as { parse(expression: string): Compiled };

interface Compiled {
  evaluate(options: { node: Node; namespaces: Record<string, string> }): NodeSet | { stringValue(): string };
}
interface NodeSet {
  toArray(): Node[];
}

const namespaces = {
  wd: 'urn:com.workday/bsvc',
  env: 'http://schemas.xmlsoap.org/soap/envelope/',
};

/** @returns undefined where the text is not XML, or declares a document type: entities in it could grow without end */
export function parseXml(text: string): Document | undefined {
  if (text.includes('<!DOCTYPE') || text.includes('<!ENTITY')) return undefined;
  try {
    const parser = new DOMParser({
      onError: (_, message) => {
        throw new Error(message);
      },
    });
    return parser.parseFromString(text, 'text/xml');
  } catch {
    return undefined;
  }
}

/** An XPath 1.0 expression with the prefixes wd and env, compiled once. */
export class Path {
  private readonly compiled: Compiled;

  /** @throws Error where it is not XPath */
  constructor(expression: string) {
    this.compiled = xpath.parse(expression);
  }

  elements(from: Node): Element[] {
    const found = this.compiled.evaluate({ node: from, namespaces });
    return 'toArray' in found ? (found.toArray() as Element[]) : [];
  }

  /** The texts of what it selects, without empty ones; one where it works out a text. */
  texts(from: Node): string[] {
    const found = this.compiled.evaluate({ node: from, namespaces });
    const texts =
      'toArray' in found ? found.toArray().map((node) => node.textContent ?? '') : [found.stringValue()];
    return texts.map((text) => text.trim()).filter((text) => text !== '');
  }

  text(from: Node): string | undefined {
    return this.texts(from)[0];
  }
}
