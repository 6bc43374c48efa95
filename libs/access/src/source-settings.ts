import { isNetwork } from '@rollcall/platform';
import { InvalidSource } from './access.errors.js';
import { checkTrustedIssuer, type TrustedIssuer } from './trusted-issuer.js';

export interface RateLimit {
  /** Of one API process. */
  requestsPerSecond: number;
}

export interface SourceSettings {
  /** Addresses and networks its requests may come from. Empty: any. */
  allowedIps: string[];
  /** Null: the hub's own, see SourcePace. */
  rateLimit: RateLimit | null;
  jwt: TrustedIssuer | null;
}

/** As an administrator sends them; what is left out stays as it is. */
export interface SourceSettingsInput {
  allowedIps?: string[] | null;
  rateLimit?: object | null;
  jwt?: object | null;
}

const networksAtMost = 500;
const requestsPerSecondAtMost = 100_000;

/** @throws InvalidSource */
export function checkSettings({ allowedIps, rateLimit, jwt }: SourceSettingsInput): Partial<SourceSettings> {
  return {
    ...(allowedIps !== undefined && { allowedIps: checkAllowedIps(allowedIps ?? []) }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit && checkRateLimit(rateLimit) }),
    ...(jwt !== undefined && { jwt: jwt && checkTrustedIssuer(jwt) }),
  };
}

function checkAllowedIps(entries: string[]): string[] {
  if (entries.length > networksAtMost) {
    throw new InvalidSource('allowedIps', `must have ${networksAtMost} entries at most: join networks`);
  }
  entries.forEach((entry, index) => {
    if (!isNetwork(entry)) {
      throw new InvalidSource(
        `allowedIps.${index}`,
        'must be an address or a network, such as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32',
      );
    }
  });
  return entries;
}

function checkRateLimit(input: object): RateLimit {
  const { requestsPerSecond, ...others } = input as Partial<Record<string, unknown>>;
  const [stray] = Object.keys(others);
  if (stray !== undefined) {
    throw new InvalidSource(`rateLimit.${stray}`, 'is not a known field: remove it, or check its spelling');
  }
  const isRate =
    Number.isInteger(requestsPerSecond) &&
    Number(requestsPerSecond) >= 1 &&
    Number(requestsPerSecond) <= requestsPerSecondAtMost;
  if (!isRate) {
    throw new InvalidSource(
      'rateLimit.requestsPerSecond',
      `must be a whole number from 1 to ${requestsPerSecondAtMost}; for the hub's own limit send "rateLimit": null`,
    );
  }
  return { requestsPerSecond: requestsPerSecond as number };
}
