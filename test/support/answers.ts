import { z } from 'zod';
import { errorDataSchema, type ErrorData } from '../../shared/reasons.ts';

const successSchema = z.object({ result: z.object({ data: z.unknown() }) });

const errorSchema = z.strictObject({
  error: z.strictObject({ message: z.string(), code: z.number(), data: errorDataSchema.strict() }),
});

/** The output of a call that succeeded; fails with what the server said when it did not. */
export async function dataOf<Output>(response: Response, schema: z.ZodType<Output>): Promise<Output> {
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${body}`);
  return schema.parse(successSchema.parse(JSON.parse(body)).result.data);
}

/** `error.data` of a refused call; fails on anything but the envelope of the contract. */
export async function refusalOf(response: Response): Promise<ErrorData> {
  return readRefusal(response.status, await response.text());
}

export function readRefusal(status: number, body: string): ErrorData {
  if (/\bat .+:\d+:\d+|node_modules|Error:/.test(body)) throw new Error(`a stack in the answer: ${body}`);
  const { data } = errorSchema.parse(JSON.parse(body)).error;
  if (data.httpStatus !== status)
    throw new Error(`the envelope says ${data.httpStatus}, HTTP says ${status}`);
  return data;
}

/** What each call of a batch came to: a reason, or 'succeeded'. */
export async function batchOutcomesOf(response: Response): Promise<string[]> {
  const entries = z.array(z.unknown()).parse(await response.json());
  return entries.map(
    (entry) => errorSchema.safeParse(entry).data?.error.data.reason ?? outcomeOfSuccess(entry),
  );
}

function outcomeOfSuccess(entry: unknown): 'succeeded' {
  successSchema.parse(entry);
  return 'succeeded';
}

/**
 * What a stranger's input came to: 'succeeded', or a reason with a status below 500. Fails on everything else:
 * an error of ours, an answer outside the envelope, a stack.
 */
export async function outcomeOfCall(response: Response): Promise<string> {
  const body = await response.text();
  if (response.headers.get('content-type') === 'text/event-stream') return outcomeOfStream(body);
  if (response.status === 200) return outcomeOfSuccess(JSON.parse(body));
  if (response.status < 400 || response.status >= 500) throw new Error(`status ${response.status}: ${body}`);
  return readRefusal(response.status, body).reason;
}

/** tRPC's stream has no status of its own: a refusal is its last event. */
function outcomeOfStream(text: string): string {
  const [, refusal] = /^event: serialized-error\ndata: (.*)$/m.exec(text) ?? [];
  if (refusal === undefined) return 'succeeded';
  const { data } = errorSchema.shape.error.parse(JSON.parse(refusal));
  if (data.httpStatus >= 500) throw new Error(`in a stream: ${refusal}`);
  return data.reason;
}
