import { Database, Keyring, pooledRandomBytes } from '@rollcall/platform';
import type { ClientBase } from 'pg';
import { SubjectErased } from './event-store.errors.js';

const cached = 20_000;
/** Bounds how long another process may still hold a key that has been destroyed. */
const cachedMs = 60_000;

/** Each subject's own 256-bit data key, wrapped by the master key. Destroying it erases the subject. */
export class SubjectKeys {
  private readonly cache = new Map<string, { key: Buffer; until: number }>();

  constructor(
    private readonly database: Database,
    private readonly keyring: Keyring,
  ) {}

  /** A new key for a new subject: the caller stores `wrapped` together with the first event. */
  generate(tenantId: string, subjectId: string): { key: Buffer; wrapped: Buffer } {
    const key = pooledRandomBytes(32);
    return { key, wrapped: this.keyring.seal(key, keyAad(tenantId, subjectId)) };
  }

  remember(tenantId: string, subjectId: string, key: Buffer): void {
    if (this.cache.size >= cached) this.cache.delete(this.cache.keys().next().value!);
    this.cache.set(`${tenantId}/${subjectId}`, { key, until: Date.now() + cachedMs });
  }

  private recall(tenantId: string, subjectId: string): Buffer | undefined {
    const entry = this.cache.get(`${tenantId}/${subjectId}`);
    return entry && entry.until > Date.now() ? entry.key : undefined;
  }

  unwrap(tenantId: string, subjectId: string, wrapped: Buffer | null): Buffer | undefined {
    if (!wrapped) return undefined;
    const known = this.recall(tenantId, subjectId);
    if (known) return known;
    const key = this.keyring.unseal(wrapped, keyAad(tenantId, subjectId));
    this.remember(tenantId, subjectId, key);
    return key;
  }

  /** Keys of existing subjects; a subject that has none yet gets one. Throws SubjectErased. */
  async ensure(tenantId: string, subjectIds: string[], client?: ClientBase): Promise<Map<string, Buffer>> {
    const keys = new Map<string, Buffer>();
    const missing = new Map<string, Buffer>();
    for (const subjectId of new Set(subjectIds)) {
      const known = this.recall(tenantId, subjectId);
      if (known) keys.set(subjectId, known);
      else missing.set(subjectId, this.generate(tenantId, subjectId).wrapped);
    }
    if (missing.size === 0) return keys;
    const { rows } = await (client ?? this.database.pool).query<{
      subject_id: string;
      wrapped: Buffer | null;
    }>({
      name: 'event-store.ensure-keys',
      text: `with wanted as (select * from unnest($2::uuid[], $3::bytea[]) w(subject_id, wrapped)),
             made as (insert into hub.subject_key (tenant_id, subject_id, wrapped)
                      select $1, subject_id, wrapped from wanted w where not exists (
                        select from hub.subject_key k where k.tenant_id = $1 and k.subject_id = w.subject_id)
                      on conflict do nothing returning subject_id, wrapped)
             select subject_id, wrapped from made
             union all
             select k.subject_id, k.wrapped from hub.subject_key k join wanted w using (subject_id)
               where k.tenant_id = $1`,
      values: [tenantId, [...missing.keys()], [...missing.values()]],
    });
    for (const row of rows) {
      const key = this.unwrap(tenantId, row.subject_id, row.wrapped);
      if (!key) throw new SubjectErased(row.subject_id);
      keys.set(row.subject_id, key);
    }
    const lost = [...missing.keys()].filter((subjectId) => !keys.has(subjectId));
    // Another process inserted between our snapshot and our insert: its row is visible to the next statement.
    if (lost.length > 0) for (const [id, key] of await this.ensure(tenantId, lost, client)) keys.set(id, key);
    return keys;
  }

  async destroy(tenantId: string, subjectId: string, client: ClientBase): Promise<void> {
    this.cache.delete(`${tenantId}/${subjectId}`);
    await client.query(
      `update hub.subject_key set wrapped = null, destroyed_at = now()
       where tenant_id = $1 and subject_id = $2 and wrapped is not null`,
      [tenantId, subjectId],
    );
  }
}

function keyAad(tenantId: string, subjectId: string): string {
  return `subject-key/${tenantId}/${subjectId}`;
}
