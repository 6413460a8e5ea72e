import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';

export function NotFoundScreen() {
  return (
    <Page title="Page not found" heading="There is no such page">
      <p className="mb-3">The address may be mistyped, or the page may have moved.</p>
      <TextLink to="/">Go to the start</TextLink>
    </Page>
  );
}
