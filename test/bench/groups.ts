import { type Comparison, compare } from './compare.js';
import { entraUser } from './entra-user.js';
import { load, type LoadResult } from './load.js';
import { Bench } from './processes.js';

const scim = { 'content-type': 'application/scim+json' };
const inOnePatch = 1000;

/** Adding one member to a group of so many, beside the same in a group of ten. */
export async function groups(members = 100_000): Promise<Comparison[]> {
  const bench = await Bench.open();
  try {
    const hub = await bench.startHub(await bench.database('hub'));
    const headers = { ...scim, authorization: `Bearer ${await hub.source()}` };
    const { origin } = hub;
    const post = async (path: string, body: unknown): Promise<{ id: string }> => {
      const response = await fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body) });
      if (response.status !== 201) throw new Error(`POST ${path}: ${await response.text()}`);
      return (await response.json()) as { id: string };
    };
    const extra = 2_000;
    const ids: string[] = [];
    let number = 0;
    await Promise.all(
      Array.from({ length: 32 }, async () => {
        while (number < members + extra) ids.push((await post('/scim/v2/Users', entraUser(number++))).id);
      }),
    );
    const newcomers = ids.splice(members);
    const add = (group: string, values: string[]) => ({
      method: 'PATCH' as const,
      path: `/scim/v2/Groups/${group}`,
      headers,
      body: JSON.stringify({
        Operations: [{ op: 'add', path: 'members', value: values.map((value) => ({ value })) }],
      }),
    });
    const groupOf = async (displayName: string, values: string[]) => {
      const { id } = await post('/scim/v2/Groups', { displayName });
      const requests = Math.ceil(values.length / inOnePatch);
      const request = (at: number) => add(id, values.slice(at * inOnePatch, (at + 1) * inOnePatch));
      await load({ origin, clients: 1, requests, request, expect: 204 });
      return id;
    };
    const large = await groupOf('Large', ids);
    const small = await groupOf('Small', ids.slice(0, 10));
    const taken = new Map<string, number>();
    const addOne = (group: string) => async (): Promise<LoadResult> => {
      const request = () => {
        const at = taken.get(group) ?? 0;
        taken.set(group, at + 1);
        return add(group, [newcomers[at]!]);
      };
      return load({ origin, clients: 1, requests: 200, request, expect: 204 });
    };
    const what = `PATCH that adds one member, group of ${members}, beside a group of 10`;
    return [await compare(what, 0.5, 5, { ours: addOne(large), bare: addOne(small) })];
  } finally {
    await bench.close();
  }
}
