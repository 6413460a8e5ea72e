import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { layOut } from '../../../server/mail/layout.ts';
import { composeNotice } from '../../../server/mail/messages.ts';

const FACTS = {
  device: 'Firefox on Linux',
  ip: '203.0.113.7',
  at: Date.UTC(2026, 10, 24, 12),
  publicUrl: 'https://login.example.com',
};

describe('a notice', () => {
  test('of a new device reads well as plain text', () => {
    const { subject, text } = composeNotice('new_device', FACTS);
    expect({ subject, text }).toMatchInlineSnapshot(`
      {
        "subject": "New sign-in to Sallyport",
        "text": "Hello,

      Somebody has just signed in to your Sallyport account with your password, from a browser that we have not seen you use before.

      When:    Tuesday, 24 November 2026, 12:00 UTC
      Device:  Firefox on Linux
      Address: 203.0.113.7

      If this was you, all is well and there is nothing to do.

      If this was not you, somebody knows your password. Sign in, change your password at once, and end every session that is not yours:

      https://login.example.com/sessions

      UTC is the time in London in winter; your own clock may well show another hour. The device is what the browser says of itself, and the address is that of its internet connection.

      We never ask for your password by mail, and nobody from Sallyport ever will by any other way. If you are not sure that this mail is ours, do not follow its link: type login.example.com into your browser yourself.
      ",
      }
    `);
  });

  test('of a reused token reads well as plain text', () => {
    const { subject, text } = composeNotice('token_reuse', FACTS);
    expect({ subject, text }).toMatchInlineSnapshot(`
      {
        "subject": "We ended one of your Sallyport sessions",
        "text": "Hello,

      A sign-in key of one of your Sallyport sessions was used a second time, long after it had been replaced. That can mean that somebody has copied it, so we have ended that session: whoever used it, you or somebody else, has to sign in again. The key came from here:

      When:    Tuesday, 24 November 2026, 12:00 UTC
      Device:  Firefox on Linux
      Address: 203.0.113.7

      If you have just restored this browser or its computer from a backup, that is the likely reason. Sign in again, and all is well.

      If you do not recognise this, somebody may have had access to one of your devices. Sign in, look through your sessions, end every one that is not yours, and change your password:

      https://login.example.com/sessions

      UTC is the time in London in winter; your own clock may well show another hour. The device is what the browser says of itself, and the address is that of its internet connection.

      We never ask for your password by mail, and nobody from Sallyport ever will by any other way. If you are not sure that this mail is ours, do not follow its link: type login.example.com into your browser yourself.
      ",
      }
    `);
  });

  test.each([
    [Date.UTC(2026, 0, 1), 'Thursday, 1 January 2026, 00:00 UTC'],
    [Date.UTC(2028, 1, 29, 23, 59, 59), 'Tuesday, 29 February 2028, 23:59 UTC'],
  ])('of %i says %s', (at, words) => {
    expect(composeNotice('new_device', { ...FACTS, at }).text).toContain(words);
  });

  test('says the time in UTC, wherever its server stands', () => {
    vi.stubEnv('TZ', 'Pacific/Kiritimati');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(new Date(FACTS.at).getHours(), 'the zone has been changed').toBe(2);
    expect(composeNotice('new_device', FACTS).text).toContain('24 November 2026, 12:00 UTC');
  });

  test.each([
    ['help-sallyport.example', 'help-sallyport example'],
    ['https://evil.example/x on Linux', 'https evil example x on Linux'],
    ['call +1@evil.example', 'call +1 evil example'],
    ['a\r\nAddress: b', 'a Address b'],
    ['<b>&amp;"\'', 'b amp'],
    ['\u202Eknil\u0000', 'knil'],
    ['é'.repeat(100), 'é'.repeat(60)],
    ['…', 'Unknown device'],
  ])('of the device %j says %j', (device, shown) => {
    const { text, html } = composeNotice('new_device', { ...FACTS, device });
    expect(text).toContain(`\nDevice:  ${shown}\n`);
    expect(html).toContain(`<td>${shown}</td>`);
  });

  test.each([
    ['2001:db8::7', '2001:db8::7'],
    ['evil.example', 'unknown'],
    ['', 'unknown'],
  ])('from the address %j says %j', (ip, shown) => {
    expect(composeNotice('new_device', { ...FACTS, ip }).text).toContain(`\nAddress: ${shown}\n`);
  });
});

test('nothing in a mail is taken for HTML', () => {
  const hostile = `<img src="x" onerror='alert(1)'>&amp;`;
  const escaped = '&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt;&amp;amp;';
  const { text, html } = layOut({
    title: hostile,
    parts: [{ paragraph: hostile }, { facts: [[hostile, hostile]] }, { link: hostile, label: hostile }],
  });
  expect(html.split(escaped)).toHaveLength(9);
  expect(html).not.toContain('<img');
  expect(text.split(hostile)).toHaveLength(5);
});
