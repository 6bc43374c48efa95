import type { FieldError } from '../connections/connection.errors.js';
import { webhookKey } from './webhook-signature.js';

export type ChannelType = 'smtp' | 'webhook';

export interface SmtpSettings {
  host: string;
  port: number;
  /** tls: from the first byte. starttls: before anything is sent. none: only within a trusted network. */
  security: 'tls' | 'starttls' | 'none';
  from: string;
  to: string[];
  username?: string;
  /** PEM certificates trusted in place of the system's. */
  caCertificates?: string;
}

export interface WebhookSettings {
  url: string;
}

export type ChannelSettings = SmtpSettings | WebhookSettings;

export class InvalidChannel extends Error {
  constructor(readonly errors: FieldError[]) {
    super(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
  }
}

const address = /^[^\s@<>"]+@[^\s@<>"]+$/;

/** What is wrong with a channel, each fault with its field and the remedy; `settings` when nothing is. */
export function checkChannel(
  type: ChannelType,
  settings: Record<string, unknown>,
  secret: string | undefined,
): { errors: FieldError[]; settings?: ChannelSettings } {
  const known = type === 'smtp' ? smtpFields : ['url'];
  const errors: FieldError[] = Object.keys(settings)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: `settings.${name}`,
      message: 'is not known: remove it, or check its spelling',
    }));
  const expect = (field: string, right: boolean, message: string) => {
    if (!right) errors.push({ field, message });
  };
  if (type === 'webhook') {
    const url =
      typeof settings.url === 'string' && URL.canParse(settings.url) ? new URL(settings.url) : undefined;
    const right =
      url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
    expect('settings.url', right, 'must be an http or https address without user and password');
    expect(
      'secret',
      secret === undefined || webhookKey(secret) !== undefined,
      'must be "whsec_" and 24 to 64 bytes in base64; leave it out and one is made',
    );
    return errors.length > 0 ? { errors } : { errors, settings: { url: url!.href } };
  }
  const { host, port = 587, security = 'starttls', from, to, username, caCertificates } = settings;
  expect(
    'settings.host',
    typeof host === 'string' && /^[\w.:-]+$/.test(host),
    'must be a host name or an address',
  );
  expect(
    'settings.port',
    Number.isInteger(port) && (port as number) > 0 && (port as number) < 65_536,
    'must be a port number from 1 to 65535',
  );
  expect(
    'settings.security',
    ['tls', 'starttls', 'none'].includes(security as string),
    'must be "tls", "starttls" or "none"',
  );
  expect('settings.from', typeof from === 'string' && address.test(from), 'must be an e-mail address');
  expect(
    'settings.to',
    Array.isArray(to) && to.length > 0 && to.every((one) => typeof one === 'string' && address.test(one)),
    'must be a list of one or more e-mail addresses',
  );
  expect(
    'settings.username',
    username === undefined || (typeof username === 'string' && username !== ''),
    'must be a text; leave it out where the server asks for no user',
  );
  expect(
    'settings.caCertificates',
    caCertificates === undefined ||
      (typeof caCertificates === 'string' && caCertificates.includes('-----BEGIN CERTIFICATE-----')),
    'must be certificates in PEM form',
  );
  if (errors.length > 0) return { errors };
  return { errors, settings: { ...settings, port, security } as unknown as SmtpSettings };
}

const smtpFields = ['host', 'port', 'security', 'from', 'to', 'username', 'caCertificates'];
