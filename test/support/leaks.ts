const EDGE = 16;

/**
 * The names of the secrets that a text has in it: as they are, in the encodings in which they could get there, or only their
 * first or last 16 characters, as of a log that cuts what is long. Of what is hardly longer than that, only the whole.
 */
export function findLeaks(text: string, secrets: Record<string, string>): string[] {
  const plain = text.toLowerCase();
  return Object.entries(secrets).flatMap(([name, secret]) => {
    if (secret.length < 8) throw new Error(`${name} is too short to be looked for`);
    const written = formsOf(secret).filter((form) => text.includes(form));
    // Names in mail addresses and hexadecimal have no case of their own.
    const folded = [secret, Buffer.from(secret).toString('hex')].filter((form) =>
      plain.includes(form.toLowerCase()),
    );
    return written.length + folded.length > 0 ? [name] : [];
  });
}

function formsOf(secret: string): string[] {
  const pieces = secret.length < 1.5 * EDGE ? [secret] : [secret, secret.slice(0, EDGE), secret.slice(-EDGE)];
  return pieces.flatMap((piece) => [
    piece,
    encodeURIComponent(piece),
    encodeURIComponent(piece).replaceAll('%20', '+'),
    JSON.stringify(piece).slice(1, -1),
    ...base64FormsOf(piece),
  ]);
}

/** Within something longer, such as `id:secret`, the same bytes have three forms; the characters at the edges are shared. */
function base64FormsOf(piece: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(piece)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3));
    const skipped = offset === 0 ? 0 : offset + 1;
    return (['base64', 'base64url'] as const).map((form) => whole.toString(form).slice(skipped));
  });
}
