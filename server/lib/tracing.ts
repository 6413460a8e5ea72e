/** Where a log line belongs: as in W3C Trace Context, in lower-case hexadecimal. */
export interface TraceIds {
  traceId: string;
  /** Undefined where there is a trace but no span of ours. */
  spanId?: string;
}

export interface RequestStart {
  method: string;
  /** A pattern of ours, never what was asked; undefined: there is none for it. */
  route: string | undefined;
  scheme: string;
  protocolVersion: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface RequestSpan {
  ids: TraceIds;
  /** What `work` begins, and whatever follows from it, is within this span. */
  within(work: () => void): void;
  /** `status` undefined: the connection was gone before there was an answer. */
  end(status: number | undefined): void;
}

/** The part of OpenTelemetry that is used: see tracing/open-telemetry.ts. */
export interface Tracing {
  startRequest(start: RequestStart): RequestSpan;
  /** A span around `work`, under the one that is active. */
  inSpan<Outcome>(name: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** Of the active span. */
  activeIds(): TraceIds | undefined;
}
