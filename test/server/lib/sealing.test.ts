import { createCipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createSealing } from '../../../server/lib/sealing.ts';

const sealing = createSealing(['secret'], 'purpose');

describe('a sealed value', () => {
  test('opens only with its secret, its purpose and its name, and only unchanged', () => {
    const sealed = sealing.seal('name', 'plaintext');
    expect(sealing.unseal('name', sealed)?.plaintext).toBe('plaintext');
    expect(createSealing(['other'], 'purpose').unseal('name', sealed)).toBeUndefined();
    expect(createSealing(['secret'], 'other').unseal('name', sealed)).toBeUndefined();
    expect(sealing.unseal('other', sealed)).toBeUndefined();
    expect(sealing.unseal('name', `A${sealed.slice(1)}`.replace(/^AA/, 'BA'))).toBeUndefined();
    expect(sealing.unseal('name', '')).toBeUndefined();
  });

  test('never looks the same twice', () => {
    expect(sealing.seal('name', 'plaintext')).not.toBe(sealing.seal('name', 'plaintext'));
  });

  test('opens with every secret that is accepted, and says whether it is the one that seals', () => {
    const rotated = createSealing(['newer', 'secret'], 'purpose');
    expect(rotated.unseal('name', sealing.seal('name', 'old'))).toEqual({
      plaintext: 'old',
      isCurrent: false,
    });
    const sealed = rotated.seal('name', 'new');
    expect(rotated.unseal('name', sealed)).toEqual({ plaintext: 'new', isCurrent: true });
    expect(sealing.unseal('name', sealed), 'under the first').toBeUndefined();
  });

  // Signing keys and mail of earlier releases are in this form.
  test('has the form of the first release: base64url of nonce, AES-256-GCM, tag', () => {
    const key = Buffer.from(hkdfSync('sha256', 'secret', '', 'sallyport/purpose', 32));
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('name'));
    const bytes = Buffer.concat([nonce, cipher.update('plaintext'), cipher.final(), cipher.getAuthTag()]);
    expect(sealing.unseal('name', bytes.toString('base64url'))?.plaintext).toBe('plaintext');
  });
});
