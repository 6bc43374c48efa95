import { matches } from '../filter/matches.js';
import { normaliseElement } from '../filter/normalise.js';
import { resolveElement, type ResolvedFilter } from '../filter/resolve-filter.js';
import { isObject, type Attributes } from '../json.js';
import { userType, type Attribute, type ResourceType } from '../schema/resource-type.js';
import { resolveName } from '../schema/resolve-name.js';
import { parsePath } from './parse-path.js';

interface Reader {
  urn: string | undefined;
  attribute: Attribute | undefined;
  filter: ResolvedFilter | undefined;
  sub: string | undefined;
}

const readers = new WeakMap<ResourceType, Map<string, Reader>>();
const maxReaders = 10_000;

/**
 * The value at a path such as "displayName", "name.givenName", `emails[type eq "work"].value` or
 * "urn:...:User:department"; undefined when there is none. A filter gives the first value that meets it; a
 * multi-valued attribute without filter gives an array, with a sub-attribute an array of these.
 * Throws ScimError 400 (invalidPath, invalidFilter) for a path that cannot be read.
 */
export function readPath(resource: Attributes, path: string, type: ResourceType = userType): unknown {
  const { urn, attribute, filter, sub } = readerOf(path, type);
  const holder = urn === undefined ? resource : valueAt(resource, urn);
  if (!attribute) return holder;
  const value = valueAt(holder, attribute.name);
  if (filter) {
    const found = (Array.isArray(value) ? value : [value]).find((element) =>
      matches(filter, normaliseElement(element, attribute) ?? {}),
    );
    return sub === undefined ? found : valueAt(found, sub);
  }
  if (sub === undefined) return value;
  if (!Array.isArray(value)) return valueAt(value, sub);
  const values = value.map((element) => valueAt(element, sub)).filter((part) => part !== undefined);
  return values.length > 0 ? values : undefined;
}

function valueAt(holder: unknown, name: string): unknown {
  if (!isObject(holder)) return undefined;
  if (Object.hasOwn(holder, name)) return holder[name] ?? undefined;
  const lower = name.toLowerCase();
  const key = Object.keys(holder).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : (holder[key] ?? undefined);
}

function readerOf(text: string, type: ResourceType): Reader {
  let known = readers.get(type);
  if (!known) readers.set(type, (known = new Map()));
  let reader = known.get(text);
  if (reader) return reader;
  const path = parsePath(text);
  const { urn, attribute, sub } = resolveName(path.name, type);
  reader = {
    urn,
    attribute,
    filter: path.filter && attribute && resolveElement(path.filter, attribute),
    sub: path.sub ?? sub?.name,
  };
  if (known.size >= maxReaders) known.clear();
  known.set(text, reader);
  return reader;
}
