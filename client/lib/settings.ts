import {
  CLIENT_SETTINGS_META,
  clientSettingsSchema,
  type ClientSettings,
} from '../../shared/client-settings.ts';

/** What the server wrote into the page. A page without it was not served by this server: that is a fault. */
export function readSettings(page: Pick<Document, 'querySelector'>): ClientSettings {
  const content = page.querySelector(`meta[name="${CLIENT_SETTINGS_META}"]`)?.getAttribute('content');
  return clientSettingsSchema.parse(JSON.parse(content ?? 'null'));
}
