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
      locator: false,
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
  /** Child steps it begins with. They are walked here, which is some ten times as fast as XPath. */
  private readonly steps: string[];
  private readonly rest: Compiled;

  /** @throws Error where it is not XPath */
  constructor(expression: string) {
    const { steps, rest } = splitPath(expression);
    this.steps = steps;
    if (steps.length > 0) xpath.parse(expression);
    this.rest = xpath.parse(rest);
  }

  elements(from: Node): Element[] {
    return this.evaluate(from).flatMap((found) => ('toArray' in found ? (found.toArray() as Element[]) : []));
  }

  /** The texts of what it selects, without empty ones; one where it works out a text. */
  texts(from: Node): string[] {
    return this.evaluate(from)
      .flatMap((found) =>
        'toArray' in found ? found.toArray().map((node) => node.textContent ?? '') : [found.stringValue()],
      )
      .map((text) => text.trim())
      .filter((text) => text !== '');
  }

  text(from: Node): string | undefined {
    return this.texts(from)[0];
  }

  private evaluate(from: Node): ReturnType<Compiled['evaluate']>[] {
    let nodes = [from];
    for (const step of this.steps) nodes = nodes.flatMap((node) => childrenNamed(node, step));
    return nodes.map((node) => this.rest.evaluate({ node, namespaces }));
  }
}

/**
 * `wd:A/wd:B/wd:C[…]/text()` is the steps wd:A, wd:B and the rest. An expression that is more than one path (with an
 * operator, a union or a function around it) is left whole.
 */
export function splitPath(expression: string): { steps: string[]; rest: string } {
  const whole = { steps: [], rest: expression };
  const prefix = /^(?:wd:\w+\/(?!\/))+/.exec(expression)?.[0];
  if (prefix === undefined) return whole;
  let outline = expression.replace(/'[^']*'|"[^"]*"/g, '');
  for (let before = ''; before !== outline;) {
    before = outline;
    outline = outline.replace(/\[[^[\]]*\]/g, '');
  }
  if (!/^[\w:@/.-]+(?:\/(?:text|node)\(\))?$/.test(outline)) return whole;
  const steps = prefix.split('/').filter((step) => step !== '');
  return { steps: steps.map((step) => step.slice('wd:'.length)), rest: expression.slice(prefix.length) };
}

function childrenNamed(node: Node, name: string): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    const { localName, namespaceURI } = child as Element;
    if (localName === name && namespaceURI === namespaces.wd) found.push(child);
  }
  return found;
}
