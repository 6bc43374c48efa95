import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

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
    if (terminal) return new PlainLogger('Rollcall', { timestamp: false, compact: true });
    return new HubLogger(pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }));
  }

  log(message: unknown, ...rest: unknown[]): void {
    if (!chatter.has(String(rest.at(-1)))) this.write('info', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  /** Nest calls with (text or fields, more text or a stack, context): the context comes last. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const context = rest.at(-1);
    const more = rest.slice(0, -1).filter((part) => typeof part === 'string');
    if (message instanceof Error) {
      this.lines[level]({ context, stack: message.stack }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      this.lines[level]({ context, ...message }, more.join(' '));
    } else {
      this.lines[level]({ context, ...(more.length > 0 ? { stack: more.join('\n') } : {}) }, String(message));
    }
  }
}

class PlainLogger extends ConsoleLogger {
  override log(message: unknown, ...rest: string[]): void {
    if (!chatter.has(String(rest.at(-1)))) super.log(message, ...rest);
  }
}
