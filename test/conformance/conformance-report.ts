import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import type { Reporter, TestModule } from 'vitest/node';

const rfcs: Record<string, string> = {
  '7643': 'SCIM: core schema',
  '7644': 'SCIM: protocol',
  '9865': 'Cursor-based pagination of SCIM resources',
};

interface Row {
  rfc: string;
  section: string;
  requirement: string;
  verdict: string;
}

const verdicts: Record<string, string> = { passed: 'met', failed: 'NOT MET', skipped: 'not tested' };
const target = new URL('../../docs/scim-conformance.md', import.meta.url);

/** Writes docs/scim-conformance.md from a run of the conformance tests: the same run gives the same text. */
export default class ConformanceReport implements Reporter {
  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const rows: Row[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const [, rfc, section, requirement] = /^RFC (\d+) section ([\d.]+): (.+)$/s.exec(test.name) ?? [];
        if (!rfc) continue;
        const { deviation } = test.meta();
        const { state } = test.result();
        const verdict =
          state === 'passed' && deviation ? `deviates: ${deviation}` : (verdicts[state] ?? 'not tested');
        rows.push({ rfc, section: section!, requirement: requirement!, verdict });
      }
    }
    rows.sort(
      (a, b) => key(a).localeCompare(key(b), 'en') || a.requirement.localeCompare(b.requirement, 'en'),
    );
    writeFileSync(target, await format(page(rows), { parser: 'markdown', printWidth: 110 }));
  }
}

const key = ({ rfc, section }: Row) =>
  [rfc, ...section.split('.')].map((part) => part.padStart(5, '0')).join('.');

function page(rows: Row[]): string {
  const met = rows.filter(({ verdict }) => verdict === 'met').length;
  const deviating = rows.filter(({ verdict }) => verdict.startsWith('deviates')).length;
  const parts = [
    '# SCIM conformance',
    'Made by `npm run conformance` from the tests in `test/conformance`: each row is one test against a running ' +
      'hub. Do not edit it.',
    `${rows.length} requirements tested: ${met} met, ${deviating} deviated from on purpose.`,
  ];
  for (const rfc of new Set(rows.map((row) => row.rfc))) {
    parts.push(`## RFC ${rfc}, ${rfcs[rfc] ?? ''}`);
    parts.push(
      [
        '| Section | Requirement | Verdict |',
        '| --- | --- | --- |',
        ...rows
          .filter((row) => row.rfc === rfc)
          .map(
            ({ section, requirement, verdict }) => `| ${section} | ${cell(requirement)} | ${cell(verdict)} |`,
          ),
      ].join('\n'),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

const cell = (text: string) => text.replaceAll('|', '\\|');
