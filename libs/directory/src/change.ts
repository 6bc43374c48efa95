import type { ChangeOrigin } from './change-origin.js';

export interface Change {
  tenantId: string;
  streamId: string;
  streamType: string;
  /** 0 for a new stream. */
  version: number;
  origin: ChangeOrigin;
}
