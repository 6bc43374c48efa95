/** A text within $filter or a key: quotes are doubled (OData 4.01 URL conventions, section 5.1.1.1.2). */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * The path of a user by id or name. A name that begins with $ is only found in brackets, and # of a guest's name must
 * be encoded. https://learn.microsoft.com/graph/api/user-get
 */
export const userPath = (key: string): string =>
  key.startsWith('$') || key.includes("'") || /^\.+$/.test(key)
    ? `/users(${encodeURIComponent(quoted(key)).replaceAll("'", '%27')})`
    : `/users/${encodeURIComponent(key)}`;

export const objectPath = (type: 'user' | 'group', id: string): string =>
  `/${type}s/${encodeURIComponent(id)}`;

/** A filter that compares for equality; searches by elements of a list name the list. */
export function equals(attribute: string, value: string, inList: boolean): string {
  const path = attribute.replaceAll('.', '/');
  return inList ? `${path}/any(each:each eq ${quoted(value)})` : `${path} eq ${quoted(value)}`;
}
