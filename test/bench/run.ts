/**
 * npm run bench [-- inbound groups projecting push confirmed simulation ldap active-directory]: prints each figure beside its bare loop. USERS
 * sets how many users are stored (100,000) for requests, the large group, the projection and the simulation, PUSH_USERS how many
 * are pushed (10,000), SCALE_USERS how many are due at twenty connections (100,000).
 */
import { activeDirectory } from './active-directory.js';
import type { Comparison } from './compare.js';
import { dispatchScale } from './dispatch-scale.js';
import { groups } from './groups.js';
import { inbound } from './inbound.js';
import { ldap } from './ldap.js';
import { confirmed, type Latency, push } from './outbound.js';
import { projecting } from './projecting.js';
import { simulation } from './simulation.js';

const users = Number(process.env.USERS ?? 100_000);
const benches: Record<string, () => Promise<(Comparison | Latency)[]>> = {
  inbound: () => inbound(users),
  groups: () => groups(users),
  projecting: () => projecting(users),
  push: () => push(Number(process.env.PUSH_USERS ?? 10_000)),
  confirmed: () => confirmed(),
  scale: () => dispatchScale(Number(process.env.SCALE_USERS ?? 100_000)),
  simulation: () => simulation(users),
  // Needs slapd.
  ldap: () => ldap(),
  // Needs samba and root.
  'active-directory': () => activeDirectory(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`,
  );
  process.exit(2);
}
const rows: (Comparison | Latency)[] = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) rows.push(...(await benches[name]!()));
console.log('| work | ours | bare | ratio (lowest to highest) | wanted |');
console.log('| --- | --- | --- | --- | --- |');
for (const row of rows) console.log('ratio' in row ? comparison(row) : latency(row));

function comparison({ what, ours, bare, ratio, lowest, highest, atLeast, p95Ms }: Comparison): string {
  const tail = p95Ms === undefined ? '' : `, p95 ${p95Ms.toFixed(1)} ms`;
  const spread = `${ratio.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)})`;
  return `| ${what} | ${ours.toFixed(0)}/s${tail} | ${bare.toFixed(0)}/s | ${spread} | ${atLeast === undefined ? '' : `at least ${atLeast}`} |`;
}

function latency({ what, p50Ms, p95Ms, atMostMs }: Latency): string {
  return `| ${what} | p50 ${p50Ms.toFixed(0)} ms, p95 ${p95Ms.toFixed(0)} ms | | | p95 at most ${atMostMs} ms |`;
}
