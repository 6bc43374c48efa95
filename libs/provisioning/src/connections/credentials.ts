import { Keyring } from '@rollcall/platform';

/** Sealed to their connection: copied to another row they cannot be opened. */
export function sealCredentials(
  keyring: Keyring,
  tenantId: string,
  connectionId: string,
  credentials: object,
): Buffer {
  return keyring.seal(Buffer.from(JSON.stringify(credentials)), place(tenantId, connectionId));
}

export function openCredentials(
  keyring: Keyring,
  tenantId: string,
  connectionId: string,
  sealed: Buffer,
): object {
  return JSON.parse(keyring.unseal(sealed, place(tenantId, connectionId)).toString('utf8')) as object;
}

function place(tenantId: string, connectionId: string): string {
  return `connection/${tenantId}/${connectionId}`;
}
