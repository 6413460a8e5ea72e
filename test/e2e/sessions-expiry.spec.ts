import { ANY_SIZE, expect, register, signIn, test, watchStreams } from './fixtures.ts';

/** So short that expiry is reached by waiting for what it causes. */
test.use({ variables: { ACCESS_TOKEN_TTL: '3s' } });

test(
  'the stream goes on from one token to the next, and still tells of the end',
  ANY_SIZE,
  async ({ page, email, context, elsewhere, expectConsole }) => {
    expectConsole(/status of 401/); // a renewal that was under way when the session ended
    const { requests, open } = watchStreams(context);
    await register(page, email);
    await expect.poll(() => requests.length).toBeGreaterThanOrEqual(4);
    const headers = await Promise.all(requests.slice(0, 4).map((request) => request.allHeaders()));
    expect(new Set(headers.map(({ authorization }) => authorization)).size).toBe(4);
    await expect.poll(open).toBe(1);

    await elsewhere.goto('/sign-in');
    await signIn(elsewhere, email);
    await elsewhere.getByRole('link', { name: 'Where you are signed in' }).click();
    await elsewhere.getByRole('button', { name: 'End all other sessions' }).click();
    await elsewhere.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await expect(page.getByText('ended from another of your devices')).toBeVisible();
  },
);
