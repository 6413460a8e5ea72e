import { expect } from 'vitest';
import { signedInSchema } from '../../shared/account.ts';
import { dataOf } from '../support/answers.ts';
import { GOOD_PASSWORD } from '../support/world.ts';
import { landEnded, prepareFlights } from './flights.ts';
import { judge } from './judge.ts';
import { attemptRefresh, openSession, type Place, type RacedSession } from './raced-session.ts';

const NEW_PASSWORD = 'another lantern for the night';

/**
 * Two sessions of one account, each with callers under way. The password is changed in the first, which goes on;
 * the second ends with it.
 */
export async function passwordChangeInTheMiddle(place: Place, count: number): Promise<void> {
  const own = await openSession(place);
  const other = await openSession(place, { existing: own.email });
  const [ownFlights, otherFlights] = [await prepareFlights(own, count), await prepareFlights(other, count)];
  for (const flights of [ownFlights, otherFlights]) flights.takeOff();
  await changePassword(own);
  const landed = await ownFlights.land();
  expect(new Set(Object.values(landed).flat())).toEqual(new Set(['succeeded']));
  await landEnded(otherFlights);
  await judge(other, 'revoked');
  await judge(own, { signedIn: ownFlights.callers });
}

async function changePassword(session: RacedSession): Promise<void> {
  const browser = await session.caller();
  expect(await attemptRefresh(browser)).toBe('succeeded');
  const passwords = { currentPassword: GOOD_PASSWORD, newPassword: NEW_PASSWORD };
  const before = browser.cookie;
  await dataOf(await browser.mutate('account.changePassword', passwords), signedInSchema);
  expect(browser.cookie).not.toBe(before);
}
