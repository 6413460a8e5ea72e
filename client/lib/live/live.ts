import type { Notice } from '../../../shared/session.ts';
import type { Session } from '../session/session.ts';
import { createStore, type Store } from '../session/store.ts';
import type { TabMessage } from '../session/tab-message.ts';
import { listen, type ListenDeps } from './listen.ts';
import { createTurns } from './turns.ts';
import { createWaits } from './waits.ts';

/** Milliseconds that the listening tab has to answer, and between two questions whether it still is there. */
const PATIENCE = 5_000;
const INTERVAL = 60_000;

/** Milliseconds within which somebody takes the place of a tab that has said that it goes. */
const SUCCESSION = 1_000;

export interface LiveDeps extends ListenDeps {
  session: Pick<Session, 'credentials' | 'subscribe' | 'channel'>;
  /** The person who is signed in. */
  userId: string;
  locks: Pick<LockManager, 'request'> | undefined;
}

/** What a signed-in page learns without asking, whichever tab of the browser it is that listens. */
export interface Live {
  /** Undefined until the server has said something. */
  notices: Pick<Store<Notice[] | undefined>, 'get' | 'subscribe'>;
  /** Counts what the server has said: each time something about the account may have changed. */
  news: Pick<Store<number>, 'get' | 'subscribe'>;
  /** This notice has been put away: it goes in every tab, before the server says so. */
  markRead: (id: string) => void;
  start(): void;
  stop: () => void;
  /** Call when the page has come into view or gone out of it, and when the network is back. */
  review: () => void;
}

export function createLive(deps: LiveDeps): Live {
  const { session, userId, locks, timers, isVisible } = deps;
  const { channel } = session;
  const notices = createStore<Notice[] | undefined>(undefined);
  const news = createStore(0);
  const waits = createWaits(timers);
  const rank = deps.random();
  let wakes = 0;
  /** The tab that listened is gone, and no other has taken its place yet. */
  let isVacant = false;
  let cancelCheck = () => {};
  let leave = () => {};

  const tell = (isNews = false): void =>
    channel.post({ kind: 'live', userId, rank, isNews, notices: notices.get() });

  const turns = createTurns({ locks, name: 'sallyport-live' }, (signal) => {
    isVacant = false;
    tell();
    signal.addEventListener('abort', waits.ring, { once: true });
    const hearNotices = (heard: Notice[]): void => {
      notices.set(heard);
      news.set(news.get() + 1);
      tell(true);
    };
    return listen(deps, { signal, waits, wakes: () => wakes, hearNotices });
  });

  /**
   * A tab that was put to sleep may hold the turn and hear nothing. Chromium lets no tab sleep that holds a lock; of the
   * others it is not certain, so a tab that is seen asks, and takes over when nobody answers. Spread, so that of many
   * tabs without locks one is first. A tab that cannot hear the others never takes over: each would hold a stream.
   */
  function check(): void {
    cancelCheck();
    if (!isVisible() || channel.isMute) return;
    cancelCheck = timers.start(
      () => {
        if (isVisible() && !turns.isMine()) turns.seize();
        cancelCheck = timers.start(check, INTERVAL);
      },
      isVacant ? SUCCESSION * deps.random() : PATIENCE * (1 + deps.random()),
    );
    if (!turns.isMine() && !isVacant) channel.post({ kind: 'live_wanted' });
  }

  function hear(message: TabMessage): void {
    if (message.kind === 'live_wanted' && turns.isMine()) tell();
    if (message.kind === 'live_over' && message.userId === userId && !turns.isMine()) {
      isVacant = true;
      check();
    }
    if (message.kind === 'live' && message.userId === userId) hearListener(message);
    if (message.kind === 'notice_read') drop(message.id);
  }

  function hearListener(message: Extract<TabMessage, { kind: 'live' }>): void {
    // Both have taken their turn at once, and one has to stay.
    if (turns.isMine() && rank < message.rank) tell();
    else turns.cede();
    isVacant = false;
    cancelCheck();
    cancelCheck = timers.start(check, INTERVAL);
    if (message.notices) notices.set(message.notices);
    if (message.isNews) news.set(news.get() + 1);
  }

  function drop(id: string): void {
    notices.set(notices.get()?.filter((notice) => notice.id !== id));
  }

  function stop(): void {
    const isMissed = turns.isMine() && !turns.hasQueue();
    leave();
    turns.stop();
    if (isMissed) channel.post({ kind: 'live_over', userId });
  }

  return {
    notices,
    news,
    markRead(id) {
      drop(id);
      channel.post({ kind: 'notice_read', id });
    },
    start() {
      stop();
      const stops = [channel.listen(hear), session.subscribe(waits.ring)];
      leave = () => {
        cancelCheck();
        for (const end of stops) end();
      };
      turns.start();
      check();
    },
    stop,
    review() {
      if (isVisible()) wakes += 1;
      waits.ring();
      check();
    },
  };
}
