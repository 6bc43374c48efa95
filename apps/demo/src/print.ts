import type { Account } from './app-view.js';
import type { Step } from './day.js';
import type { Outcome } from './play-step.js';
import type { Stage } from './stage.js';

export function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

export function addresses({ hubUrl, appUrl }: Stage): string[] {
  return [
    `  The app        ${appUrl}`,
    `  API docs       ${hubUrl}/api/docs`,
    `  Queues         ${hubUrl}/queues`,
    `  SCIM base      ${hubUrl}/scim/v2`,
  ];
}

export function stepLine({ at, what }: Step, { actions, tookMs }: Outcome): string {
  return `  ${at}  ${what.padEnd(60)}${actions.join(', ').padEnd(16)}${String(tookMs).padStart(6)} ms`;
}

export function accountTable(accounts: Account[]): string[] {
  const head = ['user name', 'active', 'name', 'title', 'department', 'city', 'manager', 'groups'];
  const rows = accounts.map(({ userName, active, name, title, department, city, manager, groups }) => [
    userName,
    active ? 'yes' : 'no',
    name,
    title ?? '',
    department ?? '',
    city ?? '',
    manager ?? '',
    groups.join(', '),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, at) => cell.padEnd(widths[at]!)).join('  ')}`.trimEnd(),
  );
}
