import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import { createTransport } from 'nodemailer';
import type { SmtpSettings } from './check-channel.js';
import { mailText, type Message } from './message.js';
import type { Reach, Sent } from './send-webhook.js';

/**
 * One attempt. The Message-ID is the same in each, so that a reader's mailbox shows a repeated message once. The
 * server's address is looked up and checked here, and exactly that address is connected to.
 */
export async function sendMail(
  settings: SmtpSettings,
  password: string | undefined,
  message: Message,
  { allowAddress, timeoutMs }: Reach,
): Promise<Sent> {
  const { host, port, security, from, to, username, caCertificates } = settings;
  const found = await lookup(host, { all: true }).catch((error: Error) => error);
  if (found instanceof Error) {
    return { ok: false, final: false, message: `The name ${host} cannot be resolved (${codeOf(found)}).` };
  }
  const address = found.find((one) => !allowAddress || allowAddress(one.address))?.address;
  if (address === undefined) {
    return {
      ok: false,
      final: false,
      message: `The address of ${host} is outside the networks this hub may call (HUB_TARGET_NETWORKS).`,
    };
  }
  const transport = createTransport({
    host: address,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { servername: host, ...(caCertificates !== undefined && { ca: caCertificates }) },
    ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { response } = await transport.sendMail({
      from,
      to,
      ...mailText(message),
      messageId: `<${message.id}@${from.split('@')[1] ?? hostname()}>`,
      headers: { 'X-Rollcall-Message': message.id, 'Auto-Submitted': 'auto-generated' },
    });
    return { ok: true, answer: String(response) };
  } catch (error) {
    return {
      ok: false,
      final: false,
      message: `${host} did not take the message: ${(error as Error).message}`,
    };
  } finally {
    transport.close();
  }
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message;
}
