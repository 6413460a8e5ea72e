import Bowser from 'bowser';
import { BoundedMap } from '../lib/bounded-map.ts';
import { DEVICE_TYPES } from '../../shared/session.ts';

/** `device` in words, such as `Firefox on Linux`. */
export interface Device {
  device: string;
  deviceType: (typeof DEVICE_TYPES)[number];
}

/** RFC 9110 §10.1.5: what is no browser begins with its name, and often a version. */
const PRODUCT = /^([A-Za-z][\w.-]{0,39})(?:\/|$)/;

const SYSTEMS: Record<string, string> = { iOS: 'iPhone' };

/** Reading a name takes some 50 µs, and there are few different ones. */
const described = new BoundedMap<string, Device>(1000);

/** What a User-Agent header says of itself, for its owner to recognise. It can say anything: nothing relies on it. */
export function describeDevice(userAgent: string): Device {
  const known = described.get(userAgent);
  if (known) return known;
  const device = read(userAgent);
  described.set(userAgent, device);
  return device;
}

function read(userAgent: string): Device {
  if (userAgent === '') return { device: 'Unknown device', deviceType: 'other' };
  const { browser, os, platform } = Bowser.parse(userAgent);
  const deviceType = DEVICE_TYPES.find((type) => type === platform.type) ?? 'other';
  const system = platform.model === 'iPad' ? 'iPad' : (SYSTEMS[os.name ?? ''] ?? os.name);
  const name = (browser.name || PRODUCT.exec(userAgent)?.[1])?.replace(/ for Android$/, '');
  if (!name || name === 'Mozilla') return { device: system ?? 'Unknown device', deviceType };
  return {
    device: system ? `${name} on ${system}` : name,
    deviceType: system && deviceType === 'other' ? 'desktop' : deviceType,
  };
}
