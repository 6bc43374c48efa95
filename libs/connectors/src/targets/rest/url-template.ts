/** A text with {parameters}. A brace that is meant literally is written twice. */
export interface Template {
  parts: (string | { parameter: string })[];
}

/** Values of parameters by name; undefined where there is none. */
export type ParameterValues = (name: string) => unknown;

/** @throws TypeError saying what is wrong with the text */
export function parseTemplate(text: string): Template {
  const parts: Template['parts'] = [];
  let literal = '';
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if ((letter === '{' || letter === '}') && text[at + 1] === letter) {
      literal += letter;
      at += 1;
    } else if (letter === '{') {
      const end = text.indexOf('}', at);
      const name = end < 0 ? '' : text.slice(at + 1, end);
      if (!/^[A-Za-z][\w.:[\]"= -]*$/.test(name))
        throw new TypeError(`has a brace at character ${at + 1} that begins no parameter such as {id}.`);
      if (literal !== '') parts.push(literal);
      parts.push({ parameter: name });
      literal = '';
      at = end;
    } else if (letter === '}') {
      throw new TypeError(`has a closing brace at character ${at + 1} without its opening one.`);
    } else {
      literal += letter;
    }
  }
  if (literal !== '') parts.push(literal);
  return { parts };
}

export const parametersOf = ({ parts }: Template): string[] =>
  parts.flatMap((part) => (typeof part === 'string' ? [] : [part.parameter]));

/** What a parameter's value is in an address or a header; undefined for what cannot be written there. */
export function parameterText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

export type Expanded = { text: string } | { missing: string };

/** For headers and query values: the values as they are. */
export function expandText(template: Template, values: ParameterValues): Expanded {
  let text = '';
  for (const part of template.parts) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const value = parameterText(values(part.parameter));
    if (value === undefined) return { missing: part.parameter };
    text += value;
  }
  return { text };
}

/**
 * For paths: each value stays within the place it is put in. It is percent-encoded, "/" and "%" as well; an empty
 * one, which would lead from an object to its collection, and one that makes a step "." or "..", which an address
 * loses even when it is encoded (URL Standard section 4.1), are refused.
 */
export function expandPath(template: Template, values: ParameterValues): Expanded | { unsafe: string } {
  let path = '';
  let latest = '';
  for (const part of template.parts) {
    if (typeof part === 'string') {
      path += part;
      continue;
    }
    const value = parameterText(values(part.parameter));
    if (value === undefined) return { missing: part.parameter };
    if (value === '' || /\p{Surrogate}/u.test(value)) return { unsafe: part.parameter };
    path += encodeURIComponent(value);
    latest = part.parameter;
  }
  const climbs = path.split('/').some((step) => /^(?:\.|%2e){1,2}$/i.test(step));
  return climbs ? { unsafe: latest } : { text: path };
}
