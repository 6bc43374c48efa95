import fastifyCookie from '@fastify/cookie';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { OperatorKey } from '@rollcall/access';
import { Database, Queues } from '@rollcall/platform';
import type { FastifyInstance } from 'fastify';
import { describeQueues } from './describe-queues.js';
import { guardDashboard } from './sign-in.js';

const path = '/queues';

/** The page asks for fonts of another host: whoever looks at queues is nobody else's business. */
const onlyOurs =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

/** bull-board over all queues there are at the moment, behind the hub's admin key. */
export async function serveQueueDashboard(app: NestFastifyApplication): Promise<void> {
  const queues = app.get(Queues);
  const database = app.get(Database);
  const board = new FastifyAdapter();
  board.setBasePath(path);
  const { replaceQueues } = createBullBoard({
    queues: [],
    serverAdapter: board,
    options: {
      uiConfig: {
        boardTitle: 'Rollcall queues',
        hideDocsLink: true,
        miscLinks: [
          { text: 'Home', url: '/' },
          { text: 'Sign out', url: `${path}/sign-out` },
        ],
      },
    },
  });

  const server = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  await server.register(
    async (dashboard) => {
      await dashboard.register(fastifyCookie);
      dashboard.addHook('onRequest', async (_request, reply) => {
        void reply.header('content-security-policy', onlyOurs);
      });
      guardDashboard(dashboard, path, app.get(OperatorKey));
      dashboard.addHook('preHandler', async (request) => {
        if (!request.url.startsWith(`${path}/api/`)) return;
        const shown = await describeQueues(queues, database);
        replaceQueues(shown.map(({ name, ...texts }) => new BullMQAdapter(queues.queue(name), texts)));
      });
      await dashboard.register(board.registerPlugin());
    },
    { prefix: path },
  );
}
