import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeDevice } from '../../../server/sessions/device.ts';
import { USER_AGENTS } from '../../support/user-agents.ts';

describe('a device in words', () => {
  test.each(USER_AGENTS)('%s: %s', (device, userAgent, deviceType) => {
    expect(describeDevice(userAgent)).toEqual({ device, deviceType });
  });

  test('anything at all has some words, and not many', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (userAgent) => {
        const { device } = describeDevice(userAgent);
        expect(device.length).toBeGreaterThan(0);
        expect(device.length).toBeLessThanOrEqual(100);
      }),
    );
  });
});
