import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { REFERENCE_TITLE } from '../../support/client-folder.ts';
import { sharedServer } from '../../support/listening.ts';

const server = sharedServer();

test.each(['/docs', '/docs/', '/docs?from=readme'])('the reference is at %s', async (path) => {
  const response = await fetch(`${server().base}${path}`);
  expect([
    response.status,
    response.headers.get('content-type'),
    response.headers.get('cache-control'),
  ]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
  expect(await response.text()).toContain(REFERENCE_TITLE);
});

test('the reference is under the policy of every other page', async () => {
  const { base } = server();
  const [reference, page] = [await fetch(`${base}/docs`), await fetch(`${base}/`)];
  const policy = reference.headers.get('content-security-policy');
  expect(policy).toBe(page.headers.get('content-security-policy'));
  expect(policy).not.toMatch(/unsafe/);
});

test('the reference is not sent again to one who has it', async () => {
  const { base } = server();
  const etag = (await fetch(`${base}/docs`)).headers.get('etag') ?? '';
  expect((await fetch(`${base}/docs/`, { headers: { 'If-None-Match': etag } })).status).toBe(304);
});

test.each(['/docs/none', '/docs/index.html', '/docs/..%2fdocs.html'])(
  'there is nothing at %s',
  async (path) => {
    const response = await fetch(`${server().base}${path}`, { headers: { Accept: 'text/html' } });
    expect(await refusalOf(response)).toMatchObject({ reason: 'not_found' });
  },
);

test('the page takes nothing from elsewhere and runs nothing that stands in it', () => {
  const html = readFileSync(join(import.meta.dirname, '../../../client/docs.html'), 'utf8');
  expect(html).not.toMatch(/https?:|\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)/);
});
