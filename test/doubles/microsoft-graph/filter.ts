import type { Json } from './graph-error.js';
import { badRequest, GraphError } from './graph-error.js';
import { exists, type ObjectType } from './properties.js';

type Test = (object: Json) => boolean;

const tokenPattern = /\s*('(?:[^']|'')*'|[A-Za-z_][\w/]*(?:\.\w+)*|[(),:]|-?\d+)/y;

/**
 * The part of OData's $filter that directory objects support. What needs the advanced query engine is refused
 * without it. @see https://learn.microsoft.com/graph/aad-advanced-queries
 */
export function parseFilter(type: ObjectType, text: string, advanced: boolean): Test {
  const tokens = tokenize(text);
  let at = 0;
  const next = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw invalid(text);
    return token;
  };
  const expect = (wanted: string) => {
    if (next() !== wanted) throw invalid(text);
  };
  const needsAdvanced = () => {
    if (!advanced)
      throw new GraphError(
        400,
        'Request_UnsupportedQuery',
        'Operator is not supported without the ConsistencyLevel header and $count.',
      );
  };

  const or = (): Test => {
    const parts = [and()];
    while (tokens[at] === 'or') {
      at += 1;
      parts.push(and());
    }
    return (object) => parts.some((part) => part(object));
  };
  const and = (): Test => {
    const parts = [one()];
    while (tokens[at] === 'and') {
      at += 1;
      parts.push(one());
    }
    return (object) => parts.every((part) => part(object));
  };
  const one = (): Test => {
    const token = next();
    if (token === '(') {
      const inner = or();
      expect(')');
      return inner;
    }
    if (token === 'not') {
      needsAdvanced();
      const inner = one();
      return (object) => !inner(object);
    }
    if (token === 'startsWith' || token === 'startswith' || token === 'endsWith' || token === 'endswith') {
      if (token.startsWith('ends')) needsAdvanced();
      expect('(');
      const path = property(next());
      expect(',');
      const part = lower(literal(next()));
      expect(')');
      return (object) => {
        const value = lower(valueAt(object, path));
        return token.startsWith('starts') ? value.startsWith(part) : value.endsWith(part);
      };
    }
    if (token.endsWith('/any')) {
      const path = property(token.slice(0, -'/any'.length));
      expect('(');
      next();
      expect(':');
      next();
      expect('eq');
      const wanted = lower(literal(next()));
      expect(')');
      return (object) => ((valueAt(object, path) ?? []) as unknown[]).some((each) => lower(each) === wanted);
    }
    return comparison(property(token));
  };
  const comparison = (path: string): Test => {
    const operator = next();
    if (operator === 'in') {
      expect('(');
      const wanted: string[] = [];
      do wanted.push(lower(literal(next())));
      while (next() === ',');
      return (object) => wanted.includes(lower(valueAt(object, path)));
    }
    if (operator === 'ne') needsAdvanced();
    if (operator !== 'eq' && operator !== 'ne') throw invalid(text);
    const wanted = literal(next());
    return (object) => {
      const value = valueAt(object, path) ?? null;
      if (Array.isArray(value)) throw invalid(text);
      const same = wanted === null || value === null ? wanted === value : lower(value) === lower(wanted);
      return operator === 'eq' ? same : !same;
    };
  };
  const property = (path: string): string => {
    if (!exists(type, path.split('/')[0]!))
      throw badRequest(`Could not find a property named '${path}' on type 'microsoft.graph.${type}'.`);
    return path;
  };

  const test = or();
  if (at < tokens.length) throw invalid(text);
  return test;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  for (let at = 0; at < text.trimEnd().length; at = tokenPattern.lastIndex) {
    const match = tokenPattern.exec(text);
    if (!match) throw invalid(text);
    tokens.push(match[1]!);
  }
  return tokens;
}

function literal(token: string): unknown {
  if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'true' || token === 'false') return token === 'true';
  if (token === 'null') return null;
  return Number(token);
}

const lower = (value: unknown): string => String(value ?? '').toLowerCase();

const valueAt = (object: Json, path: string): unknown =>
  path.split('/').reduce<any>((value, name) => value?.[name], object);

const invalid = (text: string): GraphError =>
  new GraphError(
    400,
    'Request_UnsupportedQuery',
    `Unsupported or invalid query filter clause specified: ${text}`,
  );
