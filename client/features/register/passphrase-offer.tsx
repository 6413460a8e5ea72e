import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';

interface PassphraseOfferProps {
  /** The passphrase that is in the password field now. */
  made: string | undefined;
  onAsk: () => Promise<void>;
}

export function PassphraseOffer({ made, onAsk }: PassphraseOfferProps) {
  const [state, setState] = useState<'idle' | 'pending' | 'failed'>('idle');

  const ask = async (): Promise<void> => {
    setState('pending');
    try {
      await onAsk();
      setState('idle');
    } catch {
      setState('failed');
    }
  };

  return (
    <div className="grid gap-1.5">
      <Button look="quiet" pending={state === 'pending'} onClick={() => void ask()}>
        {state !== 'pending' && <KeyRound aria-hidden className="size-5" />}
        {made === undefined ? 'Make a passphrase for me' : 'Make another passphrase'}
      </Button>
      <output className="block min-h-20 pb-4 text-sm text-muted sm:min-h-19">
        {state === 'failed' ? <Failed /> : made === undefined ? <Offer /> : <Made passphrase={made} />}
      </output>
    </div>
  );
}

function Offer() {
  return 'Six random words: long enough for anybody, and easy to type.';
}

function Failed() {
  return (
    <span className="text-danger">
      The list of words could not be loaded. Check your connection and try again.
    </span>
  );
}

/** In full, because a phone shows only a part of it in the field. */
function Made({ passphrase }: { passphrase: string }) {
  return (
    <>
      Save it in your password manager, or write it down:{' '}
      <span translate="no" className="block font-mono wrap-anywhere text-ink">
        {passphrase}
      </span>
    </>
  );
}
