import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from '../lib/logger.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * The log of one request, whose lines carry `bindings`. It comes into being with its first line: most requests have nothing
 * to say below `info`, and looking through bindings for secrets takes pino 3 µs.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #parent: Logger;
  readonly #bindings: object;
  #own: Logger | undefined;

  constructor(parent: Logger, bindings: object) {
    this.#parent = parent;
    this.#bindings = bindings;
  }

  get level(): string {
    return this.#parent.level;
  }

  trace(...line: unknown[]): void {
    this.#say('trace', line);
  }

  debug(...line: unknown[]): void {
    this.#say('debug', line);
  }

  info(...line: unknown[]): void {
    this.#say('info', line);
  }

  warn(...line: unknown[]): void {
    this.#say('warn', line);
  }

  error(...line: unknown[]): void {
    this.#say('error', line);
  }

  fatal(...line: unknown[]): void {
    this.#say('fatal', line);
  }

  silent(): void {}

  child(bindings: object): RequestLog {
    return new RequestLog(this.#parent, { ...this.#bindings, ...bindings });
  }

  #say(level: Level, line: unknown[]): void {
    if (!this.#parent.isLevelEnabled(level)) return;
    this.#own ??= this.#parent.child(this.#bindings);
    Reflect.apply(this.#own[level], this.#own, line);
  }
}
