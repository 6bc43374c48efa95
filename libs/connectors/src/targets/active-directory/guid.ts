import { EqualityFilter, OrFilter } from 'ldapts';

/** objectGUID as text: its first three parts are little-endian (MS-DTYP section 2.3.4.2). */
export function guidText(bytes: Buffer): string {
  const parts = [
    bytes.subarray(0, 4).toReversed(),
    bytes.subarray(4, 6).toReversed(),
    bytes.subarray(6, 8).toReversed(),
    bytes.subarray(8, 10),
    bytes.subarray(10, 16),
  ];
  return parts.map((part) => Buffer.from(part).toString('hex')).join('-');
}

export function guidBytes(guid: string): Buffer {
  const bytes = Buffer.from(guid.replaceAll('-', ''), 'hex');
  for (const [from, to] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ] as const)
    bytes.subarray(from, to).reverse();
  return bytes;
}

/** Stands for the object in place of its name, wherever that is now (MS-ADTS section 3.1.1.3.1.2.4). */
export const byGuid = (guid: string): string => `<GUID=${guid}>`;

/** Not as text: domain controllers compare the bytes. */
export const anyGuid = (guids: string[]): OrFilter =>
  new OrFilter({
    filters: guids.map((guid) => new EqualityFilter({ attribute: 'objectGUID', value: guidBytes(guid) })),
  });

/** Of a name that was asked for with its id: <GUID=…>;<SID=…>;CN=… (MS-ADTS section 3.1.1.3.4.1.5). */
export function readExtendedName(extended: string): { dn: string; guid?: string } {
  return {
    dn: extended.replace(/^(<[^>]*>;)+/, ''),
    guid: /<GUID=([0-9a-f-]{36})>/i.exec(extended)?.[1]?.toLowerCase(),
  };
}
