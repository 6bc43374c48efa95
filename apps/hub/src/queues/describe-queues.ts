import type { Database, Queues } from '@rollcall/platform';

export interface ShownQueue {
  name: string;
  displayName: string;
  description: string;
}

const ofTheHub: Record<string, Omit<ShownQueue, 'name'>> = {
  project: { displayName: 'Project', description: 'Brings the directory up to date with the events.' },
  dispatch: { displayName: 'Dispatch', description: 'Finds out which connections a change concerns.' },
  control: { displayName: 'Control', description: 'Tells workers that a connection has changed.' },
  sweep: { displayName: 'Sweep', description: 'Picks up what a crash or a lost job has left behind.' },
};
const pushQueue = /^push-(.+)$/;

/** The queues that exist, connections by name. Those of a deleted connection are left out. */
export async function describeQueues(queues: Queues, database: Database): Promise<ShownQueue[]> {
  const [names, connections] = await Promise.all([
    queues.names(),
    database.query<{ id: string; name: string; connector: string }>(
      'select id, name, connector from hub.connection',
    ),
  ]);
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  return names.flatMap((name) => {
    const id = pushQueue.exec(name)?.[1];
    if (id === undefined) {
      return [{ name, ...(ofTheHub[name] ?? { displayName: name, description: '' }) }];
    }
    const connection = byId.get(id);
    if (!connection) return [];
    return [
      {
        name,
        displayName: `Push: ${connection.name}`,
        description: `Changes on their way to ${connection.name} (${connection.connector}). A job holds ids only; a failed one is a dead letter and can be retried here.`,
      },
    ];
  });
}
