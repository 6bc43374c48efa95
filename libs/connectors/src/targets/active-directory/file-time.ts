/** Between 1601 and 1970, in units of 100 ns. */
const epoch = 116_444_736_000_000_000n;
/** accountExpires of an account that never does: one of these (MS-ADA1 section 2.1). */
const never = new Set(['0', '9223372036854775807']);

/** FILETIME (MS-DTYP section 2.3.3) as an ISO date. Undefined: never. */
export function readFileTime(text: string): string | undefined {
  if (never.has(text)) return undefined;
  return new Date(Number((BigInt(text) - epoch) / 10_000n)).toISOString();
}

/** Undefined: no date. */
export function fileTimeOf(date: string): string | undefined {
  const at = Date.parse(date);
  if (Number.isNaN(at)) return undefined;
  return String(BigInt(at) * 10_000n + epoch);
}

export const neverExpires = '0';
