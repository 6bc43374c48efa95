import type { PoolClient } from 'pg';

/**
 * Records that everybody at a connection is looked at, in the transaction that makes them due. An earlier run that
 * is still under way ends with it: what was left of it is part of this one.
 * @param number of the times that was asked for
 */
export async function beginRun(
  client: PoolClient,
  tenantId: string,
  connectionId: string,
  number: number,
): Promise<void> {
  await client.query(
    `with earlier as (
       select max(config_version) as version from hub.provisioning_run where tenant_id = $1 and connection_id = $2),
     ended as (
       update hub.provisioning_run set state = 'finished', ended_at = now()
       where tenant_id = $1 and connection_id = $2 and number < $3 and state in ('running', 'paused'))
     insert into hub.provisioning_run (tenant_id, connection_id, number, kind, config_version, total)
     select $1, $2, $3, case when e.version is null then 'first-cycle'
         when e.version < c.config_version then 'configuration-change' else 'resync' end,
       c.config_version, (select count(*) from hub.work_item w
         where w.tenant_id = $1 and w.connection_id = $2 and w.run = $3)
     from hub.connection c, earlier e where c.tenant_id = $1 and c.id = $2
     on conflict (tenant_id, connection_id, number) do nothing`,
    [tenantId, connectionId, number],
  );
}
