import { PRODUCT_NAME } from '../../shared/product.ts';

interface NoticeFacts {
  /** In words, such as `Firefox on Linux`. */
  device: string;
  ip: string;
  /** Milliseconds since the epoch. */
  at: number;
  publicUrl: string;
}

const SUBJECTS = {
  new_device: `New sign-in to ${PRODUCT_NAME}`,
  token_reuse: `We ended one of your ${PRODUCT_NAME} sessions`,
};

/** What a security notice says by mail. Holds no token: its links lead to pages that ask for a sign-in. */
export function composeNotice(
  kind: keyof typeof SUBJECTS,
  { device, ip, at, publicUrl }: NoticeFacts,
): { subject: string; text: string; html: string } {
  const text = `${SUBJECTS[kind]}: ${device}, ${ip}, ${new Date(at).toISOString()}. ${publicUrl}/sessions`;
  return { subject: SUBJECTS[kind], text, html: text };
}
