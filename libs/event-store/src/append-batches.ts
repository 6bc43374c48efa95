import type { Append, Appended } from './event.js';

export type Send = (tenantId: string, appends: Append[]) => Promise<(Appended | Error)[]>;

const travelTogether = 64;

interface Waiting {
  append: Append;
  resolve(appended: Appended): void;
  reject(error: Error): void;
}

/**
 * Appends of a tenant that arrive while a call is under way travel together in the next one: the tenant's
 * counter row would make them wait for each other anyway, and one commit then serves them all.
 */
export class AppendBatches {
  private readonly tenants = new Map<string, { waiting: Waiting[]; sending: boolean }>();

  constructor(private readonly send: Send) {}

  append(tenantId: string, append: Append): Promise<Appended> {
    return new Promise((resolve, reject) => {
      let lane = this.tenants.get(tenantId);
      if (!lane) this.tenants.set(tenantId, (lane = { waiting: [], sending: false }));
      lane.waiting.push({ append, resolve, reject });
      if (!lane.sending) void this.drain(tenantId, lane);
    });
  }

  private async drain(tenantId: string, lane: { waiting: Waiting[]; sending: boolean }): Promise<void> {
    lane.sending = true;
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, travelTogether);
      try {
        const outcomes = await this.send(
          tenantId,
          batch.map(({ append }) => append),
        );
        batch.forEach(({ resolve, reject }, index) => {
          const outcome = outcomes[index]!;
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        });
      } catch (error) {
        batch.forEach(({ reject }) => reject(error as Error));
      }
    }
    lane.sending = false;
    if (lane.waiting.length === 0) this.tenants.delete(tenantId);
  }
}
