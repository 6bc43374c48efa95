import type { Alert } from './alert-kinds.js';

/** What is sent of an alert: that it has come, or that it is over. */
export interface Message {
  /** The same however often it is sent. */
  id: string;
  type: 'alert.opened' | 'alert.closed' | 'test';
  at: Date;
  alert?: Alert;
}

export function webhookBody({ type, at, alert }: Message): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data: alert ? { alert } : {} });
}

export function mailText({ type, alert }: Message): { subject: string; text: string } {
  if (!alert) {
    return {
      subject: '[Rollcall] Test',
      text: 'This is a test: alerts of this hub reach you here.\n',
    };
  }
  const over = type === 'alert.closed';
  const { connection, source, subscriber } = alert.details;
  const where = [connection, source, subscriber].find((name) => typeof name === 'string');
  const subject = `[Rollcall] ${over ? 'over: ' : ''}${alert.kind}: ${oneLine(String(where ?? ''))}`;
  const lines = [
    over ? 'This is over:' : alert.summary,
    over ? alert.summary : alert.remedy,
    `Since ${alert.openedAt.toISOString()}${alert.closedAt ? `, over since ${alert.closedAt.toISOString()}` : ''}.`,
    `Alert ${alert.id} (${alert.kind}).`,
  ];
  return { subject, text: `${lines.join('\n\n')}\n` };
}

/** A subject is a header: no line breaks, and not too long. */
function oneLine(text: string): string {
  const line = text.replaceAll(/[\r\n\t]+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
