export interface ReadMail {
  /** By lower-case name; where a name stands twice, both. */
  headers: Map<string, string[]>;
  text: string;
  html: string;
  raw: string;
}

/** A mail of two parts, plain text and HTML, as this project sends them (RFC 5322, RFC 2045, RFC 2046). */
export function readMail(raw: string): ReadMail {
  const { headers, body } = split(raw);
  const type = headers.get('content-type')?.[0] ?? '';
  const boundary = /boundary="([^"]+)"/.exec(type)?.[1];
  if (!type.startsWith('multipart/alternative;') || boundary === undefined)
    throw new Error(`not a mail of two parts: ${type}`);
  const parts = body.split(`--${boundary}`).slice(1, -1).map(split);
  const [text = '', html = ''] = ['text/plain', 'text/html'].map((wanted) => {
    const part = parts.find(({ headers }) => headers.get('content-type')?.[0]?.startsWith(wanted));
    if (!part) throw new Error(`no part is ${wanted}`);
    return decode(part.body, part.headers.get('content-transfer-encoding')?.[0] ?? '7bit');
  });
  return { headers, text, html, raw };
}

function split(entity: string): { headers: Map<string, string[]>; body: string } {
  const [head = '', ...rest] = entity.replace(/^\r\n/, '').split('\r\n\r\n');
  const headers = new Map<string, string[]>();
  for (const line of head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  return { headers, body: rest.join('\r\n\r\n') };
}

function decode(body: string, encoding: string): string {
  const unix = (text: string) => text.replaceAll('\r\n', '\n').trimEnd();
  if (encoding === 'base64') return unix(Buffer.from(body, 'base64').toString());
  if (encoding !== 'quoted-printable') return unix(body);
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return unix(Buffer.from(bytes, 'latin1').toString());
}
