import { useState } from 'react';
import type { ClientSettings } from '../../shared/client-settings.ts';
import { readSettings } from './settings.ts';

/** They cannot change while the page is open. */
export function useSettings(): ClientSettings {
  const [settings] = useState(() => readSettings(document));
  return settings;
}
