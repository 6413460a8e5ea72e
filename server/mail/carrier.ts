/** One mail, as it is to be read. */
export interface Letter {
  /** The same at every attempt. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  createdAt: number;
}

/**
 * Why a mail was not taken. `refused`: this mail never will be. `deferred`: this one, for now. `unavailable`: nothing
 * is taken at the moment, because the server is away or does not like how we come.
 */
export interface CarryFailure {
  kind: 'refused' | 'deferred' | 'unavailable';
  /** For the log: what we were doing and what came of it, without any address and without a credential. */
  detail: { code?: string; command?: string; reason: string };
}

/** What takes mail away: a mail server, or the mailbox on one's own machine. */
export interface Carrier {
  /** Hands one over. Undefined: it was taken. Never takes much longer than `HAND_OVER_LIMIT`. */
  send(letter: Letter): Promise<CarryFailure | undefined>;
  /** Breaks off what is under way. */
  close(): void;
}

/** Milliseconds after which a hand-over is broken off, however alive the connection looks. */
export const HAND_OVER_LIMIT = 60_000;
