export type Parameter = string | Buffer | string[] | null;

/** A piece of a statement: between two texts stands a value, which is bound. */
export interface Fragment {
  texts: [string, ...string[]];
  values: Parameter[];
}

/** As the driver takes it. */
export interface Statement {
  text: string;
  values: Parameter[];
}

/** Only fragments go in, so no value becomes text of a statement. */
export function sql(texts: TemplateStringsArray, ...parts: Fragment[]): Fragment {
  return parts.reduce(
    (whole, part, at) => concat(concat(whole, part), { texts: [texts[at + 1]!], values: [] }),
    { texts: [texts[0]!], values: [] } as Fragment,
  );
}

/** A value, for the driver to bind. */
export const bind = (value: Parameter): Fragment => ({ texts: ['', ''], values: [value] });

export function joined(fragments: Fragment[], separator: string): Fragment {
  return fragments.reduce((whole, each) => concat(concat(whole, { texts: [separator], values: [] }), each));
}

/** Text of a statement that stands in this program, or a quoted name. Never anything from outside. */
export const fixed = (text: string): Fragment => ({ texts: [text], values: [] });

export function rendered(
  { texts, values }: Fragment,
  { placeholder }: { placeholder(at: number): string },
): Statement {
  const text = texts.slice(1).reduce((whole, each, at) => whole + placeholder(at + 1) + each, texts[0]);
  return { text, values };
}

function concat(one: Fragment, other: Fragment): Fragment {
  const texts = [
    ...one.texts.slice(0, -1),
    one.texts.at(-1)! + other.texts[0],
    ...other.texts.slice(1),
  ] as Fragment['texts'];
  return { texts, values: [...one.values, ...other.values] };
}
