import { createPublicKey, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as bodyOf } from 'node:stream/consumers';
import { jwtVerify } from 'jose';
import { changeWorkContacts, updateAccount } from './change-worker.js';
import { Fault } from './fault.js';
import { getWorkers } from './get-workers.js';
import { type Report, type ReportFaults, writeReport } from './report.js';
import { readEnvelope } from './request.js';
import { type Account, allDomains, type Domain, type Worker } from './tenant.js';

export interface WorkdayFaults extends ReportFaults {
  /** Instead of any answer. */
  refuse?: { status: number; headers?: Record<string, string> };
  loopPages?: boolean;
  /** Nobody is on the page of this number; how many pages there are is told as ever. */
  emptyPage?: number;
  /** The connection ends when the next so many writes have been carried out, and nobody is told. */
  dropAfterCommit?: number;
  /** An answer instead of the next to a web service, or of a report. */
  answer?: { status: number; body: string };
}

interface Seen {
  path: string;
  operation?: string;
  body: string;
}

const versions = ['v21.1', 'v30.0', 'v36.1', 'v42.0', 'v45.0'];

/** Web services, reports and tokens of one made-up tenant, by the public description of Workday's. */
export class WorkdayDouble {
  readonly tenant = 'contoso';
  readonly timeZone: string = 'America/Los_Angeles';
  readonly workers: Worker[] = [];
  readonly reports: Report[] = [];
  readonly accounts = new Map<string, Account>([
    ['isu_rollcall', { password: 'isu-Pa$$word&<4711>', domains: new Set(allDomains) }],
    [
      'isu_reader',
      {
        password: 'reader-Pa$$word-4711',
        domains: new Set(allDomains.filter((each) => each !== 'write' && each !== 'accounts')),
      },
    ],
  ]);
  readonly client = { id: 'client-4711', secret: 'client-secret-4711', refreshToken: 'refresh-token-4711' };
  /** Of the certificate that is registered for assertions, PEM. */
  assertionKey?: string;
  readonly seen: Seen[] = [];
  faults: WorkdayFaults = {};
  /** How far its clock is ahead of this machine's, in ms. */
  aheadMs = 0;
  private readonly tokens = new Map<string, string>();
  private server: Server;
  private port = 0;

  constructor() {
    this.server = this.makeServer();
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get address() {
    return { host: '127.0.0.1', port: this.port };
  }

  now(): number {
    return Date.now() + this.aheadMs;
  }

  async start(): Promise<this> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  /** Connections are cut. Started again, it knows what it knew. */
  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
    this.server = this.makeServer();
  }

  /** An employee who has been there for long, entered now. */
  hire(workerId: string, given: Partial<Worker> = {}, state: Worker['events'][number]['state'] = {}): Worker {
    const worker: Worker = {
      wid: randomUUID().replaceAll('-', ''),
      kind: 'Employee',
      workerId,
      events: [
        {
          type: 'hire',
          effective: '2020-01-06',
          entered: this.now(),
          state: { legalFirstName: 'Ada', legalLastName: 'Lovelace', title: 'Engineer', ...state },
        },
      ],
      contacts: [],
      written: [],
      ...given,
    };
    this.workers.push(worker);
    return worker;
  }

  /** Tokens that were given out are worth nothing from now on. */
  expireTokens(): void {
    this.tokens.clear();
  }

  private makeServer(): Server {
    return createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
        response.end(String(error));
      });
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    response.setHeader('date', new Date(this.now()).toUTCString());
    const body = await bodyOf(request);
    const { refuse } = this.faults;
    if (refuse) {
      response.writeHead(refuse.status, refuse.headers).end();
      return;
    }
    const [, service, tenant, ...rest] = /^\/ccx\/(oauth2|service)\/(.*)$/.exec(url.pathname)
      ? (url.pathname.split('/').slice(1) as [string, string, string, ...string[]])
      : [];
    if (service === 'oauth2' && tenant === this.tenant && rest[0] === 'token') {
      this.seen.push({ path: url.pathname, body });
      return this.giveToken(request, response, new URLSearchParams(body));
    }
    if (service === 'service' && tenant === 'customreport2') return this.report(request, response, url, rest);
    if (service === 'service' && tenant === this.tenant && rest[0] === 'Human_Resources')
      return this.soap(request, response, rest[1] ?? '', body);
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html>Not found</html>');
  }

  private async soap(
    request: IncomingMessage,
    response: ServerResponse,
    version: string,
    body: string,
  ): Promise<void> {
    const send = (status: number, xml: string) =>
      response.writeHead(status, { 'content-type': 'text/xml; charset=UTF-8' }).end(xml);
    const { answer } = this.faults;
    const asked = readEnvelope(body);
    const operation = asked?.operation.localName ?? '';
    this.seen.push({ path: request.url ?? '', operation, body });
    if (answer) {
      this.faults = { ...this.faults, answer: undefined };
      send(answer.status, answer.body);
      return;
    }
    try {
      if (!asked) throw new Fault('Server.processingError', 'Invalid request');
      const domains = this.domainsOf(request, asked.username, asked.password);
      if (!domains) throw new Fault('Client.authenticationError', 'invalid username or password');
      if (!versions.includes(version))
        throw new Fault('Server.processingError', `${version} is not a valid version of Human_Resources`);
      const answered = this.carryOut(operation, asked.operation, domains, Number(version.slice(1)));
      const drops = this.faults.dropAfterCommit ?? 0;
      if (operation !== 'Get_Workers_Request' && drops > 0) {
        this.faults = { ...this.faults, dropAfterCommit: drops - 1 };
        request.socket.destroy();
        return;
      }
      send(
        200,
        '<?xml version="1.0" encoding="UTF-8"?>' +
          '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wd="urn:com.workday/bsvc">' +
          `<env:Body>${answered}</env:Body></env:Envelope>`,
      );
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      send(500, fault.xml);
    }
  }

  private carryOut(
    operation: string,
    element: Parameters<typeof getWorkers>[0],
    domains: Set<Domain>,
    version: number,
  ): string {
    const { workers, timeZone } = this;
    const now = this.now();
    const demand = (domain: Domain) => {
      if (!domains.has(domain))
        throw new Fault('Server.processingError', 'The task submitted is not authorized.');
    };
    if (operation === 'Get_Workers_Request')
      return getWorkers(element, {
        workers,
        domains,
        version,
        timeZone,
        now,
        loopPages: this.faults.loopPages,
        emptyPage: this.faults.emptyPage,
      });
    if (operation === 'Change_Work_Contact_Information_Request' && version >= 30) {
      demand('write');
      return changeWorkContacts(element, workers, now);
    }
    if (operation === 'Workday_Account_for_Worker_Update') {
      demand('accounts');
      return updateAccount(element, workers, now);
    }
    throw new Fault('Server.processingError', `${operation} is not a valid operation of Human_Resources`);
  }

  /** Undefined: nobody may sign in like this. */
  private domainsOf(request: IncomingMessage, username?: string, password?: string): Set<Domain> | undefined {
    const [scheme, value = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme === 'Bearer') {
      const name = this.tokens.get(value);
      return name === undefined ? undefined : this.accounts.get(name)?.domains;
    }
    let [name, secret] = [username, password];
    if (scheme === 'Basic') {
      const pair = Buffer.from(value, 'base64').toString();
      [name, secret] = [pair.slice(0, pair.indexOf(':')), pair.slice(pair.indexOf(':') + 1)];
    }
    const [user, tenant] = (name ?? '').split('@');
    const account = tenant === this.tenant ? this.accounts.get(user!) : undefined;
    return account?.password === secret ? account?.domains : undefined;
  }

  private async report(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    [tenant, owner, name]: string[],
  ): Promise<void> {
    this.seen.push({ path: url.pathname + url.search, body: '' });
    const { answer } = this.faults;
    if (answer) {
      this.faults = { ...this.faults, answer: undefined };
      response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.body);
      return;
    }
    const error = (status: number, message: string) =>
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: message }));
    const domains = this.domainsOf(request);
    if (!domains) return void error(401, 'invalid username or password');
    const decode = (part = '') => decodeURIComponent(part);
    const report = this.reports.find((each) => each.owner === decode(owner) && each.name === decode(name));
    if (!report || tenant !== this.tenant) return void error(404, 'The report is not found.');
    if (!domains.has('employment')) return void error(403, 'permission denied');
    const { format = 'simplexml', ...prompts } = Object.fromEntries(url.searchParams);
    for (const prompt of Object.keys(prompts))
      if (!report.prompts.includes(prompt.split('!')[0]!))
        return void error(500, `Invalid prompt: ${prompt}`);
    if (format !== 'json' && format !== 'csv') return void error(500, `Format ${format} is not known here.`);
    try {
      await writeReport(response, report, format, prompts, this.faults);
    } catch (fault) {
      if (!(fault instanceof Fault) || response.headersSent) throw fault;
      error(500, fault.message);
    }
  }

  private async giveToken(
    request: IncomingMessage,
    response: ServerResponse,
    form: URLSearchParams,
  ): Promise<void> {
    const send = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    const grant = form.get('grant_type');
    let name: string | undefined;
    if (grant === 'refresh_token') {
      const { id, secret, refreshToken } = this.client;
      const pair = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      if (request.headers.authorization !== pair) return send(401, { error: 'invalid_client' });
      if (form.get('refresh_token') !== refreshToken) return send(400, { error: 'invalid_grant' });
      name = 'isu_rollcall';
    } else if (grant === 'urn:ietf:params:oauth:grant-type:jwt-bearer' && this.assertionKey) {
      try {
        const { payload } = await jwtVerify(form.get('assertion') ?? '', createPublicKey(this.assertionKey), {
          issuer: this.client.id,
          audience: 'wd',
          algorithms: ['RS256'],
          requiredClaims: ['exp', 'sub'],
          currentDate: new Date(this.now()),
        });
        name = payload.sub;
      } catch {
        return send(400, { error: 'invalid_grant' });
      }
    } else return send(400, { error: 'unsupported_grant_type' });
    const token = randomUUID();
    this.tokens.set(token, name ?? '');
    send(200, { access_token: token, token_type: 'Bearer', expires_in: 3600 });
  }
}

export const startWorkday = (): Promise<WorkdayDouble> => new WorkdayDouble().start();
