import { readTabMessage, type TabMessage } from './tab-message.ts';

export interface TabChannel {
  /** Nobody can hear or be heard. */
  isMute: boolean;
  post(message: TabMessage): void;
  /** Returns how to stop. */
  listen(listener: (message: TabMessage) => void): () => void;
}

/** Without BroadcastChannel each tab stands alone, and learns from the server what the others did. */
export function openTabChannel(name: string): TabChannel {
  if (typeof BroadcastChannel === 'undefined') return { isMute: true, post() {}, listen: () => () => {} };
  const channel = new BroadcastChannel(name);
  return {
    isMute: false,
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
    post: (message) => channel.postMessage(message),
    listen(listener) {
      const hear = ({ data }: MessageEvent<unknown>): void => {
        const message = readTabMessage(data);
        if (message) listener(message);
      };
      channel.addEventListener('message', hear);
      return () => channel.removeEventListener('message', hear);
    },
  };
}
