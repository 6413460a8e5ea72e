import { expect, test } from 'vitest';
import { readTraceId } from '../../../server/lib/trace-context.ts';

// W3C Trace Context Level 1, §3.2.

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

test.each([
  ['of the specification', `00-${TRACE}-${PARENT}-01`],
  ['with flags that nobody knows', `00-${TRACE}-${PARENT}-ff`],
  ['of a later version', `cc-${TRACE}-${PARENT}-01`],
  ['of a later version that says more', `01-${TRACE}-${PARENT}-01-what-the-future-will-be-like`],
  ['of a later version with a dash at its end', `01-${TRACE}-${PARENT}-01-`],
])('a traceparent %s names its trace', (_, traceparent) => {
  expect(readTraceId(traceparent)).toBe(TRACE);
});

test.each([
  ['absent', undefined],
  ['empty', ''],
  ['of the forbidden version', `ff-${TRACE}-${PARENT}-01`],
  ['of version 00 that says more', `00-${TRACE}-${PARENT}-01-more`],
  ['of version 00 with a dash at its end', `00-${TRACE}-${PARENT}-01-`],
  ['of a later version that says more without a dash', `01-${TRACE}-${PARENT}-01more`],
  ['in upper case', `00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ['with a trace of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
  ['with a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['with a trace too short', `00-${TRACE.slice(1)}-${PARENT}-01`],
  ['with a parent too long', `00-${TRACE}-${PARENT}0-01`],
  ['with flags too short', `00-${TRACE}-${PARENT}-1`],
  ['with letters that are no digits', `00-${TRACE.replace('4', 'g')}-${PARENT}-01`],
  ['with a space before it', ` 00-${TRACE}-${PARENT}-01`],
  ['sent twice', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`],
  ['with a line behind it', `00-${TRACE}-${PARENT}-01\n`],
])('a traceparent %s is ignored', (_, traceparent) => {
  expect(readTraceId(traceparent)).toBeUndefined();
});
