/** Queues of the engine itself; each connection has its own besides. */
export const engineQueues = { dispatch: 'dispatch', control: 'control', sweep: 'sweep' } as const;
