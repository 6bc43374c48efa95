import { randomBytes } from 'node:crypto';
import { startSandbox } from './start-sandbox.js';

const { SANDBOX_PORT = '4000', SANDBOX_HOST = '127.0.0.1', SANDBOX_DATA, SANDBOX_TOKEN } = process.env;

const stopWith = (message: string): never => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const port = Number(SANDBOX_PORT);
if (!/^\d+$/.test(SANDBOX_PORT) || port > 65535) {
  stopWith(`SANDBOX_PORT is "${SANDBOX_PORT}": give a port number from 0 (any free one) to 65535.`);
}
if (SANDBOX_TOKEN !== undefined && !/^[\x21-\x7e]+$/.test(SANDBOX_TOKEN)) {
  stopWith('SANDBOX_TOKEN must be printable ASCII without spaces: it is sent in a header.');
}

const sandbox = await startSandbox({
  port,
  host: SANDBOX_HOST,
  token: SANDBOX_TOKEN ?? randomBytes(24).toString('base64url'),
  dataFile: SANDBOX_DATA,
}).catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') return stopWith(`Port ${port} is taken: set SANDBOX_PORT to another one.`);
  if (error.code === 'EACCES')
    return stopWith(`Port ${port} may not be opened by this user: set SANDBOX_PORT above 1023.`);
  return stopWith(`The sandbox cannot start: ${error.message}`);
});

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void sandbox.stop().then(
      () => process.exit(0),
      (error: Error) => stopWith(`The accounts could not be saved: ${error.message}`),
    );
  });
}

process.stdout.write(
  [
    'Sandbox app',
    `  accounts and groups  ${sandbox.url}`,
    `  SCIM base URL        ${sandbox.baseUrl}`,
    `  token                ${SANDBOX_TOKEN === undefined ? sandbox.token : 'as set in SANDBOX_TOKEN'}`,
    '',
  ].join('\n'),
);
