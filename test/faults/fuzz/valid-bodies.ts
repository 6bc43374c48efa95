import { type Json, urns, userBody } from '../../conversations/scim-client.js';
import type { Draw } from './draw.js';

const words = ['Ada', 'Bjørn', 'Chloé', '李', 'O’Neil', 'x y', 'quote"d', 'back\\slash', '%', "semi;--'"];
const types = ['work', 'home', 'other'];

export function someUser(draw: Draw, userName: string): Json {
  const attributes: Json = { userName };
  if (draw.chance(0.9)) attributes.active = draw.chance(0.8);
  if (draw.chance(0.6)) attributes.displayName = draw.of(words);
  if (draw.chance(0.6)) attributes.name = { givenName: draw.of(words), familyName: draw.of(words) };
  if (draw.chance(0.5)) attributes.externalId = `${userName}/${draw.below(9)}`;
  if (draw.chance(0.5)) {
    attributes.emails = draw
      .some(types, 2)
      .map((type, at) => ({ type, value: `${at}.${userName}`, ...(at === 0 && { primary: true }) }));
  }
  if (draw.chance(0.5)) attributes[urns.enterprise] = { department: draw.of(words), costCenter: '7' };
  return userBody(attributes);
}

export function someUserPatch(draw: Draw): Json {
  const single = (): Json =>
    draw.of<() => Json>([
      () => ({ op: draw.of(['add', 'Replace']), path: 'displayName', value: draw.of(words) }),
      () => ({ op: 'replace', path: 'active', value: draw.of([true, false, 'True', 'False']) }),
      () => ({ op: 'Add', path: 'emails[type eq "work"].value', value: `${draw.below(999)}@work.example` }),
      () => ({
        op: 'remove',
        path: draw.of(['displayName', 'name', 'emails', 'emails[type eq "home"]', 'title']),
      }),
      () => ({ op: 'replace', path: 'name.givenName', value: draw.of(words) }),
      () => ({ op: 'add', path: urns.department, value: draw.of(words) }),
      () => ({ op: 'replace', value: { title: draw.of(words), 'name.familyName': draw.of(words) } }),
      () => ({
        op: 'replace',
        path: 'phoneNumbers',
        value: [{ type: 'mobile', value: `+${draw.below(1e9)}` }],
      }),
    ])();
  return patch(Array.from({ length: 1 + draw.below(3) }, single));
}

export const patch = (Operations: unknown[]): Json => ({ schemas: [urns.patch], Operations });
