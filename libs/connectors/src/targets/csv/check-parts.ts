import { fileURLToPath } from 'node:url';
import ssh2 from 'ssh2';
import type { SubjectType, Wrong } from '../../contract.js';
import { readPinnedKeys } from './host-key.js';
import { fits } from './rows-as-text.js';
import {
  columnsOf,
  completeSettings,
  type CsvCredentials,
  type CsvSettings,
  tableNames,
} from './settings.js';

/** What the JSON Schemas cannot say. */
export function checkParts({ settings, credentials }: { settings?: object; credentials?: object }): Wrong[] {
  return [
    ...(settings ? checkSettings(settings as Partial<CsvSettings>) : []),
    ...(credentials ? checkCredentials(credentials as CsvCredentials) : []),
    ...(settings && credentials
      ? checkTogether(settings as Partial<CsvSettings>, credentials as CsvCredentials)
      : []),
  ];
}

function checkSettings(given: Partial<CsvSettings>): Wrong[] {
  if (given.url === undefined) return [];
  const settings = completeSettings(given);
  const wrong: Wrong[] = [];
  const say = (field: keyof CsvSettings, message: string) =>
    wrong.push({ field: `settings.${field}`, message });
  const { url, hostKey, mode, userKey, userColumns, groupKey, groupColumns, activeColumn } = settings;
  if (!URL.canParse(url)) say('url', 'is no address: sftp://host/folder, or file:///folder.');
  else if (/(^|\/)\.\.(\/|$)/.test(safelyDecoded(new URL(url).pathname) ?? '..'))
    say('url', 'must name the folder itself, without "..".');
  else if (url.startsWith('sftp:') && /^\/~[^/]/.test(safelyDecoded(new URL(url).pathname)!))
    say('url', 'may begin with "/~/", where the user arrives; folders of other users have no short form.');
  else if (url.startsWith('file:') && !isPath(url))
    say('url', 'is no folder of this machine: file:///folder, without a host, and without "%2F".');
  if (hostKey !== undefined && readPinnedKeys(hostKey) === undefined)
    say('hostKey', 'is no key: give SHA256:… as ssh-keygen -l shows it, or a line "ssh-ed25519 AAAA…".');
  if (mode !== 'import') {
    if (!userColumns.includes(userKey)) say('userKey', 'must be among the columns of accounts.');
    if (activeColumn !== undefined && !userColumns.includes(activeColumn))
      say('activeColumn', 'must be among the columns of accounts.');
    if (settings.groups && !groupColumns.includes(groupKey))
      say('groupKey', 'must be among the columns of groups.');
  }
  const values = [settings.activeValue, settings.inactiveValue, settings.deletedValue].map((value) =>
    value.trim().toLowerCase(),
  );
  if (new Set(values).size < values.length)
    say('inactiveValue', 'must differ from what stands there for active and deleted accounts.');
  if (settings.listSeparator.includes(settings.delimiter) || settings.listSeparator.includes(settings.quote))
    say('listSeparator', 'must not be what stands between or around values.');
  const files = tableNames(settings).map((name) => settings[`${name}File`]);
  if (new Set(files).size < files.length) say('groupsFile', 'must not be the name of another file.');
  for (const name of tableNames(settings)) {
    const strange = columnsOf(settings, name).find((column) => !fits(column, settings.encoding));
    if (strange !== undefined)
      say(name === 'groups' ? 'groupColumns' : 'userColumns', `has "${strange}", which the encoding lacks.`);
  }
  if (mode === 'changes' && settings.userColumns.includes(settings.actionColumn))
    say('actionColumn', 'must not be one of the columns of accounts.');
  if (settings.archiveFolder !== undefined && !settings.pickUp)
    say('archiveFolder', 'is used only where files are picked up: turn that on, or leave this out.');
  return wrong;
}

function isPath(url: string): boolean {
  try {
    fileURLToPath(url);
    return true;
  } catch {
    return false;
  }
}

function safelyDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function checkCredentials(credentials: CsvCredentials): Wrong[] {
  if (credentials.type !== 'key') return [];
  const { privateKey, passphrase } = credentials;
  const parsed = ssh2.utils.parseKey(privateKey, passphrase);
  if (!(parsed instanceof Error)) return [];
  if (passphrase === undefined && /encrypted|passphrase/i.test(parsed.message))
    return [{ field: 'credentials.passphrase', message: 'is missing: the private key has one.' }];
  if (/bad passphrase|integrity|bad decrypt/i.test(parsed.message))
    return [{ field: 'credentials.passphrase', message: 'is not that of the private key.' }];
  return [
    {
      field: 'credentials.privateKey',
      message: 'cannot be read: give it in OpenSSH or PEM form, with both of its lines of dashes.',
    },
  ];
}

function checkTogether({ url }: Partial<CsvSettings>, { type }: CsvCredentials): Wrong[] {
  if (url?.startsWith('sftp:') && type === 'none')
    return [{ field: 'credentials.type', message: 'must be key or password for an SFTP server.' }];
  if (url?.startsWith('file:') && type !== 'none')
    return [{ field: 'credentials.type', message: 'must be none for a folder of the hub’s machine.' }];
  return [];
}

export const checkAttribute = (_type: SubjectType, attribute: string): string | undefined =>
  // oxlint-disable-next-line no-control-regex -- they would break the first line
  /^[^=+@\s\u0000-\u001F-][^\u0000-\u001F]*$/.test(attribute)
    ? undefined
    : 'is no title of a column: it must not begin with a space or one of = + - @.';
