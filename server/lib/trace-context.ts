/** version "-" trace-id "-" parent-id "-" trace-flags, and of a later version whatever follows another "-". */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/**
 * The trace that a request says it is part of (W3C Trace Context Level 1, §3.2). Undefined for what is not well formed,
 * which must be ignored: version ff, ids of zeros only, upper case, and of version 00 anything that follows.
 */
export function readTraceId(traceparent: string | undefined): string | undefined {
  const [, version, traceId = '', parentId = '', rest] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  return /[^0]/.test(traceId) && /[^0]/.test(parentId) ? traceId : undefined;
}
