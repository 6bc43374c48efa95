const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Characters that XML 1.0 cannot hold, escaped or not (section 2.2), and halves of surrogate pairs. */
// oxlint-disable-next-line no-control-regex
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

export const escapeText = (text: string): string =>
  text.replace(impossible, '').replace(/[&<>"\t\n\r]/g, (character) => escapes[character]!);

/** An element as text. Content is text to be escaped, or elements; an element without content is left out. */
export class Xml {
  constructor(readonly text: string) {}
}

export type Content = string | number | boolean | Xml | undefined | Content[];

/** `wd:Name` with its attributes (also in wd) and content. Undefined content gives nothing. */
export function wd(name: string, content: Content, attributes: Record<string, string> = {}): Xml {
  const inner = textOf(content);
  if (inner === '') return new Xml('');
  const given = Object.entries(attributes).map(([key, value]) => ` wd:${key}="${escapeText(value)}"`);
  return new Xml(`<wd:${name}${given.join('')}>${inner}</wd:${name}>`);
}

/** A reference to an object by one of its ids, as Workday writes all of them. */
export const reference = (name: string, type: string, id: string): Xml => wd(name, wd('ID', id, { type }));

function textOf(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Xml) return content.text;
  if (Array.isArray(content)) return content.map(textOf).join('');
  return escapeText(String(content));
}
