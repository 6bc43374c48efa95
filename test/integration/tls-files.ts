import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  cert: string;
  key: string;
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A certificate that signs itself. `days`: from, to, counted from today. */
export function selfSigned(
  names: string,
  {
    days = [-1, 30],
    usage = 'serverAuth,clientAuth',
    algorithm = 'ec',
  }: { days?: [number, number]; usage?: string; algorithm?: 'ec' | 'rsa' } = {},
): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'));
  const file = (name: string) => join(folder, name);
  const run = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  try {
    const config = [
      '[ca]\ndefault_ca = own',
      `[own]\ndatabase = ${file('index')}\nserial = ${file('serial')}\nnew_certs_dir = ${folder}`,
      'default_md = sha256\npolicy = any\nx509_extensions = use\nunique_subject = no',
      '[any]\ncommonName = supplied',
      `[use]\nbasicConstraints = CA:TRUE\nsubjectAltName = ${names}\nextendedKeyUsage = ${usage}`,
    ].join('\n');
    writeFileSync(file('config'), config);
    writeFileSync(file('index'), '');
    writeFileSync(file('serial'), '01');
    const kind = algorithm === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    run(
      'req',
      '-new',
      '-newkey',
      ...kind,
      '-nodes',
      '-keyout',
      file('key'),
      '-out',
      file('csr'),
      '-subj',
      '/CN=rollcall test',
    );
    const at = (offset: number) =>
      `${new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
    const dates = ['-startdate', at(days[0]), '-enddate', at(days[1])];
    const files = [
      '-in',
      file('csr'),
      '-keyfile',
      file('key'),
      '-out',
      file('cert'),
      '-config',
      file('config'),
    ];
    run('ca', '-batch', '-selfsign', '-notext', ...dates, ...files);
    return { cert: readFileSync(file('cert'), 'utf8'), key: readFileSync(file('key'), 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
