import { hashDeviceToken, keepDeviceToken } from '../devices/device-token.ts';
import { addressBucket } from '../throttle/address.ts';
import type { SessionStart } from './start-session.ts';

/** `token` is for a browser to keep. */
export interface Device {
  hash: string;
  token?: string;
}

/**
 * By what the next sign-in is known to come from where this one did. A browser keeps a cookie. A client keeps none: it is
 * known by the key that it proves to hold, and otherwise by itself, its place and its program. So a script that signs in
 * every hour is announced once, and somebody who tries the password elsewhere through the same client is announced too.
 */
export function identifyDevice({
  client,
  jkt,
  origin,
  deviceToken,
}: Pick<SessionStart, 'client' | 'jkt' | 'origin' | 'deviceToken'>): Device {
  if (!client) {
    const token = keepDeviceToken(deviceToken);
    return { hash: hashDeviceToken(token), token };
  }
  const marks =
    jkt === undefined
      ? ['place', client.id, addressBucket(origin.ip), origin.userAgent]
      : ['key', client.id, jkt];
  // No device token has this form, so no browser passes for a client.
  return { hash: hashDeviceToken(JSON.stringify(marks)) };
}

/**
 * Only what the caller shows to hold: a browser's cookie or a client's key. Undefined: nothing. A place and a program are
 * no proof that it is the owner who is back, since whoever sits there too has them.
 */
export function heldDevice(start: SessionStart): string | undefined {
  const held = start.client ? start.jkt : start.deviceToken;
  return held === undefined ? undefined : identifyDevice(start).hash;
}
