/** Whoever made the call is not who is signed in now. There is nobody to tell, and nothing to try again. */
export class SessionChanged extends Error {
  override name = 'SessionChanged';

  constructor() {
    super('The session has changed.');
  }
}
