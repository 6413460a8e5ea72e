import type { FastifyBaseLogger } from 'fastify';
import type { Logger } from '../lib/logger.ts';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
type Options = Parameters<FastifyBaseLogger['child']>[1];

/**
 * The log of one request, whose lines carry `bindings`. It comes into being with its first line: most requests have nothing
 * to say below `info`, and looking through bindings for secrets takes pino 3 µs.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #parent: Logger;
  readonly #bindings: object;
  readonly #options: Options;
  #own: Logger | undefined;

  /** `options`: what a route says of its own, as its `logLevel`. */
  constructor(parent: Logger, bindings: object, options?: Options) {
    this.#parent = parent;
    this.#bindings = bindings;
    this.#options = options;
  }

  get level(): string {
    return this.#options?.level ?? this.#parent.level;
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

  child(bindings: object, options?: Options): RequestLog {
    return new RequestLog(this.#parent, { ...this.#bindings, ...bindings }, { ...this.#options, ...options });
  }

  #say(level: Level, line: unknown[]): void {
    if (this.#options?.level === undefined && !this.#parent.isLevelEnabled(level)) return;
    this.#own ??= this.#parent.child(this.#bindings, this.#options);
    Reflect.apply(this.#own[level], this.#own, line);
  }
}
