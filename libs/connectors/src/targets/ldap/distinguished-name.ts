/** Distinguished names (RFC 4514). Values are escaped in hex, which every parser between here and the server reads alike. */

const special = /[\\,+"<>;=#\p{Cc}]|^ | $/gu;

/** A value as it stands in an RDN. */
export function escapeRdnValue(value: string): string {
  return value.replace(special, (character) => hex(character));
}

export const rdnOf = (attribute: string, value: string): string => `${attribute}=${escapeRdnValue(value)}`;

export const below = (rdn: string, base: string): string => (base === '' ? rdn : `${rdn},${base}`);

/** First RDN and the rest of a name as a server writes it. */
export function splitName(dn: string): { rdn: string; parent: string } {
  for (let at = 0; at < dn.length; at += 1) {
    if (dn[at] === '\\') at += 1;
    else if (dn[at] === ',') return { rdn: dn.slice(0, at), parent: dn.slice(at + 1) };
  }
  return { rdn: dn, parent: '' };
}

/** Attribute and value of an RDN of one pair, the value unescaped. Undefined for one of several pairs. */
export function readRdn(rdn: string): { attribute: string; value: string } | undefined {
  const equals = rdn.indexOf('=');
  if (equals < 1) return undefined;
  const bytes: Buffer[] = [];
  for (let at = equals + 1; at < rdn.length; at += 1) {
    const character = rdn[at]!;
    if (character === '+') return undefined;
    if (character !== '\\') {
      const point = String.fromCodePoint(rdn.codePointAt(at)!);
      bytes.push(Buffer.from(point));
      at += point.length - 1;
      continue;
    }
    const pair = rdn.slice(at + 1, at + 3);
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      bytes.push(Buffer.from(pair, 'hex'));
      at += 2;
    } else {
      bytes.push(Buffer.from(rdn[at + 1] ?? ''));
      at += 1;
    }
  }
  return { attribute: rdn.slice(0, equals).trim(), value: Buffer.concat(bytes).toString() };
}

/** Whether two names are spelled the same but for case, spaces between parts and the way of escaping. */
export function sameName(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

/** Whether a name is this base or lies under it. */
export function isBelow(dn: string, base: string): boolean {
  const [name, root] = [normal(dn), normal(base)];
  return root === '' || name === root || name.endsWith(`,${root}`);
}

function normal(dn: string): string {
  const parts: string[] = [];
  let rest = dn.trim();
  while (rest !== '') {
    const { rdn, parent } = splitName(rest);
    const pair = readRdn(rdn.trim());
    parts.push(
      pair
        ? `${pair.attribute.toLowerCase()}=${escapeRdnValue(pair.value.toLowerCase())}`
        : rdn.trim().toLowerCase(),
    );
    rest = parent.trim();
  }
  return parts.join(',');
}

/** Octet by octet, as UTF-8 has it. */
const hex = (character: string): string =>
  Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '\\$&');
