import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** What Nest tells about itself at start, of use only to who debugs the hub. */
const chatter = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/**
 * One line an event: JSON where a machine reads it, plain at a terminal. Callers log ids and causes, never
 * names, addresses or bodies.
 */
export class HubLogger implements LoggerService {
  private constructor(private readonly lines: Logger) {}

  static create(terminal = process.stdout.isTTY === true): LoggerService {
    if (terminal) return new PlainLogger('Rollcall', { timestamp: false, colors: true, compact: true });
    return new HubLogger(pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }));
  }

  log(message: unknown, context?: string): void {
    if (!chatter.has(context ?? '')) this.lines.info({ context }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.lines.warn({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    const context = details.length > 1 ? details.pop() : undefined;
    const stack = message instanceof Error ? message.stack : details[0];
    this.lines.error({ context, stack }, message instanceof Error ? message.message : String(message));
  }

  fatal(message: unknown, context?: string): void {
    this.lines.fatal({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.lines.debug({ context }, String(message));
  }
}

class PlainLogger extends ConsoleLogger {
  override log(message: unknown, context?: string): void {
    if (!chatter.has(context ?? '')) super.log(message, ...(context ? [context] : []));
  }
}
