import { isIP } from 'node:net';
import { PRODUCT_NAME } from '../../shared/product.ts';
import type { Part } from './layout.ts';

/** When and from where something was done, as far as the request says. */
export interface Occasion {
  /** In words, such as `Firefox on Linux`. */
  device: string;
  ip: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** Device and address come from whoever asked, perhaps a thief: neither can bring a link or markup into a mail of ours. */
export function toFacts({ device, ip, at }: Occasion): Part {
  return {
    facts: [
      ['When', `${inWords(at)} UTC`],
      ['Device', inert(device) || 'Unknown device'],
      ['Address', isIP(ip) === 0 || ip.includes('%') ? 'unknown' : ip],
    ],
  };
}

/** What every mail ends with. */
export function closing(publicUrl: string): Part[] {
  return [
    {
      paragraph:
        'UTC is the time in London in winter; your own clock may well show another hour. The device is what the browser says of itself, and the address is that of its internet connection.',
    },
    {
      paragraph: `We never ask for your password by mail, and nobody from ${PRODUCT_NAME} ever will by any other way. If you are not sure that this mail is ours, do not follow its link: type ${new URL(publicUrl).host} into your browser yourself.`,
    },
  ];
}

/** `Tuesday, 24 November 2026, 12:00`, from parts: how they are joined differs between versions of Node. */
export function inWords(at: number): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(at);
  const weekday = part({ weekday: 'long' });
  const date = part({ day: 'numeric', month: 'long', year: 'numeric' });
  return `${weekday}, ${date}, ${part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`;
}

/**
 * Mail programs make a link of whatever looks like one. A thief who calls his browser `help-sallyport.example` must
 * not get our own notice to recommend it.
 */
function inert(device: string): string {
  return device
    .replaceAll(/[^\p{L}\p{N}\p{M}()+_-]+/gu, ' ')
    .trim()
    .slice(0, 60);
}
