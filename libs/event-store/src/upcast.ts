import type { Payload } from './event.js';

/** One step of an event type's history: turns a payload of schema version `from` into `from + 1`. */
export interface Upcaster {
  type: string;
  from: number;
  up(payload: Payload): Payload;
}

export type Upcast = (
  type: string,
  schemaVersion: number,
  payload: Payload,
) => { schemaVersion: number; payload: Payload };

/** Chains the steps. Two steps for one type and version are a mistake, told at start. */
export function upcastWith(upcasters: Upcaster[]): Upcast {
  const steps = new Map<string, Upcaster>();
  for (const upcaster of upcasters) {
    const name = `${upcaster.type}@${upcaster.from}`;
    if (steps.has(name)) throw new Error(`Two upcasters for ${name}`);
    steps.set(name, upcaster);
  }
  return (type, schemaVersion, payload) => {
    let version = schemaVersion;
    let current = payload;
    for (let step = steps.get(`${type}@${version}`); step; step = steps.get(`${type}@${version}`)) {
      current = step.up(current);
      version += 1;
    }
    return { schemaVersion: version, payload: current };
  };
}
