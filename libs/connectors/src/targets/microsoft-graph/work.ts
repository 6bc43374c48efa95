import type { Refusal, WireCall } from '../../contract.js';
import { told } from '../../http/told.js';
import type { Reply } from './refusal.js';
import type { Call, Sent, Session } from './session.js';

/** The calls of one operation. */
export class Work {
  readonly calls: WireCall[] = [];
  /** Some of it is done, so whoever repeats it must look first. */
  changed = false;
  private written: Reply | undefined;

  constructor(
    readonly session: Session,
    private readonly signal?: AbortSignal,
  ) {}

  async send(call: Call): Promise<Sent> {
    const sent = await this.session.send({ ...call, signal: this.signal });
    this.heard(call, sent);
    return sent;
  }

  /** As many as there are, 20 in a call. */
  async sendAll(calls: Call[]): Promise<Sent[]> {
    const all: Sent[] = [];
    for (let from = 0; from < calls.length; from += 20) {
      const part = calls.slice(from, from + 20).map((call) => ({ ...call, signal: this.signal }));
      const sent = await this.session.sendTogether(part);
      sent.forEach((each, at) => this.heard(part[at]!, each));
      all.push(...sent);
    }
    return all;
  }

  refused<T extends Refusal>(refusal: T): T {
    const partly = refusal.kind === 'retry' && this.changed;
    return { ...refusal, ...(partly && { maybeDone: true }), calls: this.calls };
  }

  told(reply: Reply) {
    return told(reply, this.calls);
  }

  /** By the last write that was done. */
  toldLast() {
    return this.written ? this.told(this.written) : { calls: this.calls };
  }

  private heard(call: Call, sent: Sent): void {
    this.calls.push(sent.call);
    if (sent.refused || call.method === 'GET' || call.reads) return;
    this.changed = true;
    this.written = sent.reply;
  }
}

/** Graph has not heard everywhere of what was just made: https://learn.microsoft.com/graph/best-practices-concept */
export const notYet = (what: string): Refusal => ({
  kind: 'retry',
  scope: 'object',
  afterMs: 2_000,
  message: `Microsoft Entra does not show the new ${what} everywhere yet.`,
});

export const noId: Refusal = {
  kind: 'retry',
  scope: 'object',
  maybeDone: true,
  afterMs: 2_000,
  message: 'Microsoft Graph took the new object but did not tell its id: it has to be looked up.',
};
