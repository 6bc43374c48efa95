import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Address } from './target-under-test.js';

export interface Fault {
  /** cut: both ends lose the connection. stall: nothing more is said. half: half of the answer, then cut. */
  action: 'cut' | 'stall' | 'half';
  /** before: the request does not arrive. after: it arrives, and the answer is lost. */
  when: 'before' | 'after';
  /** Which exchange from now on; 0 is the next. */
  at: number;
}

/**
 * Stands between a connector and its target, whatever they speak. A request begins where the client says something
 * after the server did.
 */
export class FaultProxy {
  /** Requests the client has begun since the proxy was opened. */
  requests = 0;
  connections = 0;
  bytesFromClient = 0;
  /** Whether the fault that was last set has come to pass. */
  hit = false;
  latencyMs = 0;
  private fault: (Fault & { left: number }) | undefined;
  private readonly sockets = new Set<Socket>();
  private server: Server;
  private port = 0;

  private constructor(private readonly upstream: Address) {
    this.server = this.makeServer();
  }

  static async open(upstream: Address): Promise<FaultProxy> {
    const proxy = new FaultProxy(upstream);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.port = (proxy.server.address() as AddressInfo).port;
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Once. Undefined: none any more. */
  set(fault: Fault | undefined): void {
    this.hit = false;
    this.fault = fault && { ...fault, left: fault.at };
  }

  /** Refuses connections and cuts those there are, until it comes back on the same port. */
  async goDown(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cutAll();
    await closed;
  }

  async comeBack(): Promise<void> {
    this.server = this.makeServer();
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async close(): Promise<void> {
    this.cutAll();
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private makeServer(): Server {
    return createServer({ noDelay: true }, (client) => this.serve(client));
  }

  private serve(client: Socket): void {
    this.connections += 1;
    const server = connect({ ...this.upstream, noDelay: true });
    let state: 'idle' | 'asking' | 'doomed' | 'silent' = 'idle';
    let doom: Fault | undefined;
    const cut = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.sockets.delete(socket);
        cut();
      });
    }
    client.on('data', (data: Buffer) => {
      this.bytesFromClient += data.length;
      if (state === 'silent') return;
      if (state === 'idle') {
        state = 'asking';
        this.requests += 1;
        doom = this.draw();
        if (doom?.when === 'before') {
          if (doom.action === 'stall') state = 'silent';
          else cut();
          return;
        }
        if (doom) state = 'doomed';
      }
      server.write(data);
    });
    server.on('data', (data: Buffer) => {
      if (state === 'silent') return;
      if (state === 'doomed') {
        if (doom!.action === 'stall') state = 'silent';
        else if (doom!.action === 'half') client.write(data.subarray(0, data.length >> 1), cut);
        else cut();
        return;
      }
      state = 'idle';
      if (this.latencyMs > 0) setTimeout(() => client.write(data), this.latencyMs);
      else client.write(data);
    });
  }

  private draw(): Fault | undefined {
    const { fault } = this;
    if (!fault) return undefined;
    if (fault.left > 0) {
      fault.left -= 1;
      return undefined;
    }
    this.fault = undefined;
    this.hit = true;
    return fault;
  }
}
