import { randomBytes } from 'node:crypto';
import type { WireCall } from '../../contract.js';
import { passwordModifyOid, passwordModifyValue } from './request-controls.js';
import type { Work } from './server-link.js';
import type { Session } from './session.js';

/** Nobody is told it. Upper and lower case, digits and a sign, for policies that want each. */
export const randomPassword = (): string => `${randomBytes(24).toString('base64url')}Aa1!`;

export const passwordCall = (session: Session, dn: string): WireCall =>
  session.call('PASSWORD MODIFY', dn, { userPassword: '***' });

/** RFC 3062: the server checks the password against its policy and hashes it. */
export async function setPassword(session: Session, work: Work, dn: string, password: string): Promise<void> {
  await session.run(
    { work, call: passwordCall(session, dn), write: true, writing: ['userPassword'] },
    (client) => client.exop(passwordModifyOid, passwordModifyValue(dn, password)),
  );
}
