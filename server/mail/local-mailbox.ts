import type { Db } from '../db/connect.ts';
import { pointRead } from '../db/point-read.ts';
import type { LocalMailTable } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Carrier } from './carrier.ts';

/** The newest so many. */
const KEPT = 100;

export type LocalMail = Readonly<LocalMailTable>;

/** Mail that is shown on one's own machine instead of being sent. */
export interface LocalMailbox extends Carrier {
  /** Newest first. */
  list(): Promise<Pick<LocalMail, 'id' | 'recipient' | 'subject' | 'created_at'>[]>;
  find(id: string): Promise<LocalMail | undefined>;
}

/** In the clear, as the page that shows it is: it is there only where nobody but the person at this machine comes. */
export function createLocalMailbox(db: Db): LocalMailbox {
  return {
    async send({ id, to, subject, text, html, createdAt }) {
      const mail = { id, recipient: to, subject, body_text: text, body_html: html, created_at: createdAt };
      await inTransaction(db, async (trx) => {
        // It may have come before: a crash between this commit and the deletion from the outbox.
        await trx
          .insertInto('local_mail')
          .values(mail)
          .onConflict((conflict) => conflict.column('id').doNothing())
          .execute();
        const newest = trx.selectFrom('local_mail').select('id').orderBy('id', 'desc').limit(KEPT);
        await trx.deleteFrom('local_mail').where('id', 'not in', newest).execute();
      });
      return undefined;
    },
    close: () => {},
    list: () =>
      db
        .selectFrom('local_mail')
        .select(['id', 'recipient', 'subject', 'created_at'])
        .orderBy('id', 'desc')
        .execute(),
    find: (id) => findMail(db, id),
  };
}

const findMail = pointRead<LocalMail>((db, id) =>
  db.selectFrom('local_mail').selectAll().where('id', '=', id),
);

/** Where mail is not shown: what a database held when it was tried out on one machine does not go into service with it. */
export async function clearLocalMail(db: Db): Promise<void> {
  await db.deleteFrom('local_mail').execute();
}
