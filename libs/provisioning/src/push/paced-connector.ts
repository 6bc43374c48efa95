import type { Connector, Outcome } from '@rollcall/connectors';
import type { Pace } from './pace.js';

/** The same connector, whose every call waits for its turn and tells the pace what the target said of its limits. */
export function paced(connector: Connector, pace: Pace): Connector {
  const call =
    <A extends unknown[], T>(method: (...args: A) => Promise<Outcome<T>>) =>
    async (...args: A): Promise<Outcome<T>> => {
      await pace.turn();
      const outcome = await method.apply(connector, args);
      await pace.heard(outcome, outcome.calls?.length ?? 1).catch(() => undefined);
      return outcome;
    };
  return {
    test: () => connector.test(),
    close: () => connector.close(),
    discover: call(connector.discover),
    list: call(connector.list),
    get: call(connector.get),
    find: call(connector.find),
    create: call(connector.create),
    update: call(connector.update),
    delete: call(connector.delete),
    members: call(connector.members),
  };
}
