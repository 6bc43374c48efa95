import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { behaviours } from '@rollcall/connectors';
import { format } from 'prettier';
import type { Reporter, TestModule } from 'vitest/node';

const folder = new URL('../../docs/connectors/', import.meta.url);
const page = new URL('README.md', folder);

/** Writes docs/connectors/README.md from a run of the conformance kit: the same run gives the same text. */
export default class ConnectorsReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const verdicts = new Map<string, Map<string, string>>();
    const reasons: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { conformance } = test.meta();
        if (!conformance) continue;
        const { target, behaviour, reason } = conformance;
        const { state } = test.result();
        const row = verdicts.get(target) ?? verdicts.set(target, new Map()).get(target)!;
        row.set(behaviour, state === 'passed' ? 'yes' : state === 'skipped' ? '–' : '**no**');
        if (reason !== undefined) reasons.push(`${target}, ${behaviour}: ${reason}.`);
      }
    }
    const targets = [...verdicts.keys()].toSorted((a, b) => a.localeCompare(b, 'en'));
    const table = [
      ['Behaviour', ...targets.map((_, at) => String(at + 1))],
      ['---', ...targets.map(() => '---')],
      ...behaviours.map(({ id, title }) => [
        `\`${id}\`: ${title}`,
        ...targets.map((target) => verdicts.get(target)!.get(id) ?? 'not run'),
      ]),
    ].map((cells) => `| ${cells.join(' | ')} |`);
    const text = [
      '# Connectors',
      'What each connector has shown against a real server, or against a double where the vendor has none to run. ' +
        'Made by `npm run connectors` from `test/connectors`. Do not edit it.',
      `Pages: ${pages().join(', ')}. To write one: [writing-one.md](writing-one.md).`,
      targets.map((target, at) => `${at + 1}. ${target}`).join('\n'),
      table.join('\n'),
      'A dash: it cannot be shown there, because',
      reasons
        .toSorted((a, b) => a.localeCompare(b, 'en'))
        .map((reason) => `- ${reason}`)
        .join('\n'),
    ].join('\n\n');
    writeFileSync(page, await format(`${text}\n`, { parser: 'markdown', printWidth: 110 }));
  }
}

/** Of connectors and of apps, each under its heading. */
function pages(): string[] {
  const others = new Set(['README.md', 'writing-one.md']);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && !others.has(name))
    .toSorted()
    .map((name) => {
      const [, title = name] = /^# (.+)$/m.exec(readFileSync(new URL(name, folder), 'utf8')) ?? [];
      return `[${title}](${name})`;
    });
}
