import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './wait-for.js';

const run = promisify(execFile);

export const realm = 'ad.example.test';
export const domainName = 'DC=ad,DC=example,DC=test';
export const administrator = { user: `administrator@${realm}`, password: 'Adm1n-Passw0rd!' };
export const service = {
  type: 'simple' as const,
  user: `svc-rollcall@${realm}`,
  password: 'Service-Passw0rd!',
};
export const reader = { type: 'simple' as const, user: `reader@${realm}`, password: 'Reader-Passw0rd!' };

const everything = 'RPWPCRCCDCLCLORCWOWDSDDTSW';

/**
 * A provisioned domain to copy, made by whoever asks first and waited for by the others: provisioning takes seconds,
 * a copy takes none.
 * @returns its folder
 */
export async function sambaTemplate(folder: string): Promise<string> {
  const template = join(folder, 'samba-template');
  for (;;) {
    if (existsSync(template)) return template;
    const making = `${template}-making`;
    const first = await mkdir(making).then(
      () => true,
      () => false,
    );
    if (first) {
      try {
        await provision(making);
        await rename(making, template);
      } catch (error) {
        await rm(making, { recursive: true, force: true });
        throw error;
      }
    } else {
      const what = 'another process to provision the domain';
      await waitFor(() => existsSync(template) || !existsSync(making), { what, timeoutMs: 100_000 });
    }
  }
}

async function provision(folder: string): Promise<void> {
  await run('samba-tool', [
    'domain',
    'provision',
    '--server-role=dc',
    '--dns-backend=NONE',
    '--host-name=dc1',
    '--host-ip=127.0.0.1',
    `--realm=${realm}`,
    '--domain=EXAMPLE',
    `--targetdir=${folder}`,
    `--adminpass=${administrator.password}`,
  ]);
  const database = `tdb://${join(folder, 'private', 'sam.ldb')}`;
  const change = async (program: string, ldif: string, ...options: string[]) => {
    const file = join(folder, 'change.ldif');
    await writeFile(file, ldif);
    await run(program, ['-H', database, ...options, file]);
    await rm(file);
  };
  await change('ldbadd', content);
  const { stdout } = await run('ldbsearch', ['-H', database, '(sAMAccountName=svc-rollcall)', 'objectSid']);
  const [, sid] = /^objectSid: (\S+)$/m.exec(stdout) ?? [];
  if (sid === undefined) throw new Error(`The service account has no SID:\n${stdout}`);
  await change('ldbmodify', rightsOf(sid), '--controls=show_deleted:1,relax:0');
}

const account = ({ user, password }: { user: string; password: string }) => {
  const [name] = user.split('@');
  return [
    `dn: CN=${name},CN=Users,${domainName}`,
    'objectClass: user',
    `sAMAccountName: ${name}`,
    `userPrincipalName: ${user}`,
    'userAccountControl: 66048',
    `clearTextPassword:: ${Buffer.from(password, 'utf16le').toString('base64')}`,
  ].join('\n');
};
const unit = (dn: string) => `dn: ${dn},${domainName}\nobjectClass: organizationalUnit`;

const content = [
  ...['OU=People', 'OU=Berlin,OU=People', 'OU=Leavers', 'OU=Groups'].map(unit),
  account(service),
  account(reader),
].join('\n\n');

/** SDDL: the service account may do everything in the OUs and read what was deleted; everybody may read the OUs. */
const rightsOf = (sid: string) =>
  [
    ...['OU=People', 'OU=Leavers', 'OU=Groups'].map((dn) =>
      descriptor(
        dn,
        `O:DAG:DAD:AI(A;CI;${everything};;;${sid})(A;CI;${everything};;;DA)(A;CI;RPLCLORC;;;AU)`,
      ),
    ),
    descriptor('CN=Deleted Objects', `O:BAG:BAD:PAI(A;CI;LCRP;;;${sid})(A;CI;${everything};;;SY)`),
  ].join('\n\n');

const descriptor = (dn: string, sddl: string) =>
  [
    `dn: ${dn},${domainName}`,
    'changetype: modify',
    'replace: nTSecurityDescriptor',
    `nTSecurityDescriptor: ${sddl}`,
  ].join('\n');
