import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { saveFile } from './save-file.ts';

/** To take what is stored about the person along, or to have it erased. */
export function OwnData() {
  const { client } = trpc.useUtils();
  const download = useMutation({
    mutationFn: () => client.account.export.query(),
    onSuccess: (data) => saveFile(`sallyport-export-${today()}.json`, JSON.stringify(data, undefined, 2)),
  });
  return (
    <section aria-labelledby="own-data" className="mb-5 border-t border-line pt-4">
      <h2 id="own-data" className="mb-3 text-lg font-semibold">
        Your data
      </h2>
      <Button look="quiet" pending={download.isPending} onClick={() => download.mutate()}>
        {!download.isPending && <Download aria-hidden className="size-5" />}
        {download.isPending ? 'Gathering your data …' : 'Download my data'}
      </Button>
      <FormMessage
        error={useFailureWords(download.error)}
        success={download.isSuccess && 'Your data is in your downloads, as a file.'}
        pending={download.isPending && 'Gathering your data …'}
        room="none"
      />
      <p className="mt-2">
        <TextLink to="/delete-account">Delete your account</TextLink>
      </p>
    </section>
  );
}

/** In this place of the world, like `2026-11-25`. */
function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((n) => String(n).padStart(2, '0'))
    .join('-');
}
