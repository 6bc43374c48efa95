/** A text of the target, short enough for a message. */
export const clip = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}...` : text).trim();

/**
 * The attribute that an error text names, found by its spellings: the longest one wins, so `name.givenName` before
 * `name`.
 */
export function attributeNamedIn(
  text: string,
  attributes: { name: string; spellings: string[] }[],
): string | undefined {
  let best: { name: string; length: number } | undefined;
  for (const { name, spellings } of attributes) {
    for (const spelling of spellings) {
      if (best && spelling.length <= best.length) continue;
      const escaped = spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if (new RegExp(`(?<![\\w.])${escaped}(?![\\w])`, 'i').test(text))
        best = { name, length: spelling.length };
    }
  }
  return best?.name;
}
