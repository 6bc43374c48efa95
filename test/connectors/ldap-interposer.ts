import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectSecurely, createServer as createSecureServer } from 'node:tls';

const writes = new Set([0x66, 0x68, 0x4a, 0x6c]);
const searchRequest = 0x63;
const pagedResults = Buffer.from('1.2.840.113556.1.4.319');

export interface LdapInterposer {
  address: { host: string; port: number };
  /** Writes are answered with this result code (RFC 4511 section 4.1.9) and do not reach the server. */
  refuse: { code: number; message: string } | undefined;
  /** Every page of a paged search is its first. */
  loopPages: boolean;
  /** So many pages to come have no entries, and a cookie: what they were asked for comes with the next. */
  emptyPages: number;
  close(): Promise<void>;
}

export interface Encryption {
  /** Of the LDAPS server behind. */
  host: string;
  /** PEM of the server behind, shown to clients as well. */
  certificate: string;
  privateKey: string;
}

/**
 * Stands before an LDAP server and makes it behave as a real one cannot be made to. Understands plain LDAP, or LDAPS
 * with the server's own certificate and key.
 */
export async function startLdapInterposer(port: number, encryption?: Encryption): Promise<LdapInterposer> {
  const sockets = new Set<Socket>();
  const server = encryption
    ? createSecureServer({ cert: encryption.certificate, key: encryption.privateKey }, serve)
    : createServer(serve);
  function serve(client: Socket): void {
    const upstream = encryption
      ? connectSecurely({ port, host: encryption.host, ca: encryption.certificate })
      : connect({ port, host: '127.0.0.1' });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    upstream.pipe(client);
    let rest = Buffer.alloc(0);
    let first: LdapMessage | undefined;
    let owed: LdapMessage | undefined;
    client.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let message = readMessage(rest); message; message = readMessage(rest)) {
        rest = rest.subarray(message.length);
        const paged = message.operation === searchRequest && message.body.includes(pagedResults);
        if (paged) first ??= message;
        if (interposer.refuse && writes.has(message.operation))
          client.write(resultOf(message, interposer.refuse));
        else if (paged && interposer.emptyPages > 0) {
          interposer.emptyPages -= 1;
          owed ??= message;
          client.write(emptyPage(message));
        } else if (paged && owed) {
          upstream.write(withId(message.id, owed.body));
          owed = undefined;
        } else if (paged && interposer.loopPages) upstream.write(withId(message.id, first!.body));
        else upstream.write(withId(message.id, message.body));
      }
    });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const interposer: LdapInterposer = {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    refuse: undefined,
    loopPages: false,
    emptyPages: 0,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return interposer;
}

interface LdapMessage {
  /** In octets. */
  length: number;
  /** messageID with its header, as it stands in the message. */
  id: Buffer;
  operation: number;
  /** What follows the messageID. */
  body: Buffer;
}

/** LDAPMessage of RFC 4511 section 4.1.1. Undefined while it has not come whole. */
function readMessage(buffer: Buffer): LdapMessage | undefined {
  const outer = header(buffer, 0);
  if (!outer || buffer.length < outer.end) return undefined;
  const id = header(buffer, outer.start)!;
  const body = buffer.subarray(id.end, outer.end);
  return { length: outer.end, id: buffer.subarray(outer.start, id.end), operation: body[0]!, body };
}

function header(buffer: Buffer, at: number): { start: number; end: number } | undefined {
  if (buffer.length < at + 2) return undefined;
  const short = buffer[at + 1]!;
  if (short < 0x80) return { start: at + 2, end: at + 2 + short };
  const octets = short & 0x7f;
  if (buffer.length < at + 2 + octets) return undefined;
  const start = at + 2 + octets;
  return { start, end: start + buffer.readUIntBE(at + 2, octets) };
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 0x80
      ? Buffer.from([length])
      : Buffer.from([0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
  return Buffer.concat([Buffer.from([tag]), size, value]);
}

const withId = (id: Buffer, body: Buffer): Buffer => tlv(0x30, Buffer.concat([id, body]));

/** The tag of an answer is the one after its request's; deletion is primitive in the request only. */
function resultOf(
  { id, operation }: LdapMessage,
  { code, message }: { code: number; message: string },
): Buffer {
  const tag = operation === 0x4a ? 0x6b : operation + 1;
  return withId(id, result(tag, code, message));
}

const result = (tag: number, code: number, message: string): Buffer =>
  tlv(
    tag,
    Buffer.concat([
      Buffer.from([0x0a, 1, code]),
      tlv(0x04, Buffer.alloc(0)),
      tlv(0x04, Buffer.from(message)),
    ]),
  );

/** searchResDone with a cookie (RFC 2696 section 2). */
function emptyPage({ id }: LdapMessage): Buffer {
  const value = tlv(0x30, Buffer.concat([Buffer.from([0x02, 1, 0]), tlv(0x04, Buffer.from('more'))]));
  const control = tlv(0x30, Buffer.concat([tlv(0x04, pagedResults), tlv(0x04, value)]));
  return withId(id, Buffer.concat([result(0x65, 0, ''), tlv(0xa0, control)]));
}
