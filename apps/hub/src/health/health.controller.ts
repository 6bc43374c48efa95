import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Database, isMigrated, Metrics, Queues } from '@rollcall/platform';
import type { FastifyReply } from 'fastify';

type Check = { status: 'ok' } | { status: 'failed'; reason: string };

const patienceMs = 3_000;

/** For load balancers and container platforms: alive is answered without asking anybody, ready is not. */
@Controller()
@ApiExcludeController()
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly queues: Queues,
    private readonly registry: Metrics,
  ) {}

  @Get('health/live')
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const [database, migrations, queue] = await Promise.all([
      check(this.database.query('select 1')),
      check(this.migrated()),
      check(this.queues.check()),
    ]);
    const checks = { database, migrations, queue };
    const ready = Object.values(checks).every(({ status }) => status === 'ok');
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'failed', checks };
  }

  @Get('metrics')
  async metrics(@Res({ passthrough: true }) reply: FastifyReply) {
    void reply.type(this.registry.contentType);
    return this.registry.metrics();
  }

  private async migrated(): Promise<void> {
    if (!(await isMigrated(this.database))) throw new Error('migrations are missing');
  }
}

async function check(work: Promise<unknown>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs} ms`)), patienceMs);
  });
  try {
    await Promise.race([work, tooLate]);
    return { status: 'ok' };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { status: 'failed', reason: message || code || 'unknown' };
  } finally {
    clearTimeout(timer);
  }
}
