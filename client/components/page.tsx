import { useEffect, type ReactNode } from 'react';
import { PRODUCT_NAME } from '../../shared/product.ts';

interface PageProps {
  /** In the browser's tab, before the product's name. */
  title: string;
  /** The screen's one `h1`; it takes the focus after a navigation. */
  heading: string;
  children: ReactNode;
}

export function Page({ title, heading, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${PRODUCT_NAME}`;
  }, [title]);

  return (
    <div className="mx-auto w-full max-w-md sm:rounded-2xl sm:border sm:border-line sm:bg-surface sm:p-10">
      <h1 tabIndex={-1} className="mb-7 text-3xl font-semibold tracking-tight text-balance wrap-anywhere">
        {heading}
      </h1>
      {children}
    </div>
  );
}
