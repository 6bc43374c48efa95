/**
 * npm run bench [-- inbound outbound ...]: prints each figure beside its bare loop. USERS sets how many users
 * are stored for the reads (100,000).
 */
import { inbound } from './inbound.js';
import type { Comparison } from './compare.js';

const benches: Record<string, () => Promise<Comparison[]>> = {
  inbound: () => inbound(Number(process.env.USERS ?? 100_000)),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `No benchmark is called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`,
  );
  process.exit(2);
}
const rows: Comparison[] = [];
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) rows.push(...(await benches[name]!()));
console.log('| work | ours/s | bare/s | ratio (lowest to highest) | at least | p95 |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const { what, ours, bare, ratio, lowest, highest, atLeast, p95Ms } of rows) {
  console.log(
    `| ${what} | ${ours.toFixed(0)} | ${bare.toFixed(0)} | ${ratio.toFixed(2)} (${lowest.toFixed(2)} to ${highest.toFixed(2)}) | ${atLeast} | ${p95Ms.toFixed(1)} ms |`,
  );
}
