/** A screen's code could not be fetched: no network, no server, or a release that is gone. */
class ScreenNotLoaded extends Error {
  override name = 'ScreenNotLoaded';
}

/**
 * Loads a screen's code. Fails with an error of our own: where the router recognises the browser's it reloads the
 * page, and without a network that ends on the browser's error page.
 */
export async function loadScreen<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new ScreenNotLoaded('This screen could not be loaded.', { cause });
  }
}
