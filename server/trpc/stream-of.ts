import { z } from 'zod';

/** The output of a subscription: each item is checked as it leaves, and loses what its schema does not name. */
export function streamOf<Item extends z.ZodType>(item: Item) {
  return z
    .custom<AsyncIterable<z.input<Item>>>(isAsyncIterable)
    .transform(async function* (items): AsyncGenerator<z.output<Item>> {
      for await (const each of items) yield item.parse(each);
    });
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
