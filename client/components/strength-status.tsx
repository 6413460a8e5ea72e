import { useEffect, useState } from 'react';

/** Milliseconds without a change before anything is read out: one announcement a pause, not one a key. */
const QUIET = 1200;

export function StrengthStatus({ words }: { words: string }) {
  const [announced, setAnnounced] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAnnounced(words), QUIET);
    return () => clearTimeout(timer);
  }, [words]);
  return <output className="sr-only">{announced}</output>;
}
