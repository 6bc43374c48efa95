import type { Warning } from './warning.js';

/** Accepted of every client, and kept by nobody: what is never returned is not stored either. */
export function notKept(path: string): Warning {
  return { path, detail: `${path} was accepted and not kept: it is never stored.` };
}
