import { PRODUCT_NAME } from '../../shared/product.ts';

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5 text-lg font-semibold tracking-tight text-ink">
      <svg aria-hidden viewBox="0 0 32 32" className="size-7 text-accent">
        <rect width="32" height="32" rx="8" className="fill-current" />
        <path d="M8 25V15a8 8 0 0 1 16 0v10h-4.5V15a3.5 3.5 0 0 0-7 0v10z" className="fill-on-accent" />
      </svg>
      {PRODUCT_NAME}
    </span>
  );
}
