import { type Database, type Keyring, StartError } from '@rollcall/platform';
import { v7 as uuid } from 'uuid';

const place = 'hub.installation';

/**
 * Who this hub is, kept in its database. Refuses a master key other than the one the database was first
 * opened with: what is sealed there could not be read, and new secrets would be sealed with a stray key.
 * @throws StartError
 */
export async function openInstallation(database: Database, keyring: Keyring): Promise<{ id: string }> {
  await database.query(
    'insert into hub.installation (id, key_check) values ($1, $2) on conflict (only_one) do nothing',
    [uuid(), keyring.seal(Buffer.from('rollcall'), place)],
  );
  const [row] = await database.query<{ id: string; key_check: Buffer }>(
    'select id, key_check from hub.installation',
  );
  try {
    keyring.unseal(row!.key_check, place);
  } catch {
    throw new StartError(
      'The master key is not the one this database was written with: set HUB_MASTER_KEY to that key, or restore master.key in the data folder',
    );
  }
  return { id: row!.id };
}
