import { LoaderCircle } from 'lucide-react';

/** Decoration: what is being waited for stands in words beside it. */
export function Spinner() {
  return <LoaderCircle aria-hidden className="size-5 shrink-0 animate-spin" />;
}
