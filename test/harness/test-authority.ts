import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestAuthority {
  authority: string;
  client: { certificate: string; privateKey: string };
}

/**
 * An authority, a server certificate for localhost and 127.0.0.1, one for a stranger's name, and one of a client called
 * certified: authority.pem, server.pem, stranger.pem and client.pem with their keys, in this folder.
 */
export function makeAuthority(folder: string): TestAuthority {
  const file = (name: string) => join(folder, name);
  const openssl = (words: string) =>
    execFileSync('openssl', words.split(' '), { stdio: 'pipe', cwd: folder });
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  openssl(`req -x509 ${key} -days 30 -subj /CN=authority -keyout authority.key -out authority.pem`);
  const sign = (name: string, subject: string, names: string) => {
    openssl(`req ${key} -subj /CN=${subject} -keyout ${name}.key -out ${name}.csr`);
    writeFileSync(file(`${name}.ext`), `subjectAltName=${names}\n`);
    openssl(
      `x509 -req -days 30 -in ${name}.csr -out ${name}.pem -extfile ${name}.ext` +
        ' -CA authority.pem -CAkey authority.key -CAcreateserial',
    );
  };
  sign('server', 'server', 'DNS:localhost,IP:127.0.0.1');
  sign('stranger', 'stranger', 'DNS:localhost');
  sign('client', 'certified', 'DNS:client');
  const read = (name: string) => readFileSync(file(name), 'utf8');
  return {
    authority: read('authority.pem'),
    client: { certificate: read('client.pem'), privateKey: read('client.key') },
  };
}
