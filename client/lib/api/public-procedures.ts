/** What works without an access token, and must not wait for one: the refresh itself is among them. */
const PUBLIC_PROCEDURES: ReadonlySet<string> = new Set([
  'auth.register',
  'auth.login',
  'auth.refresh',
  'auth.logout',
  'password.forgot',
  'password.reset',
  'email.verify',
  'email.confirmChange',
  'email.revertChange',
]);

export function isPublic({ path }: { path: string }): boolean {
  return PUBLIC_PROCEDURES.has(path);
}
