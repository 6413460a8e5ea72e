import { use, useEffect, useId, type ReactNode } from 'react';
import { PRODUCT_NAME } from '../../shared/product.ts';
import { Notice } from './notice.tsx';
import { PageNotice } from './page-notice.ts';

const WIDTHS = { narrow: 'max-w-md', wide: 'max-w-2xl' };

interface PageProps {
  /** In the browser's tab, before the product's name. */
  title: string;
  /** The screen's one `h1`; it takes the focus after a navigation. */
  heading: string;
  /** Why the person is here; read out with the heading. */
  notice?: string | undefined;
  /** Lists need more room than forms. */
  width?: keyof typeof WIDTHS;
  children: ReactNode;
}

export function Page({ title, heading, notice: ownNotice, width = 'narrow', children }: PageProps) {
  const noticeId = useId();
  const outerNotice = use(PageNotice);
  const notice = ownNotice ?? outerNotice;
  useEffect(() => {
    document.title = `${title} · ${PRODUCT_NAME}`;
  }, [title]);

  return (
    <div
      className={`mx-auto w-full sm:rounded-2xl sm:border sm:border-line sm:bg-surface sm:px-10 sm:py-8 ${WIDTHS[width]}`}
    >
      <h1
        tabIndex={-1}
        aria-describedby={notice === undefined ? undefined : noticeId}
        className="mb-6 text-2xl font-semibold tracking-tight text-balance wrap-anywhere sm:text-3xl"
      >
        {heading}
      </h1>
      {notice !== undefined && <Notice id={noticeId}>{notice}</Notice>}
      {children}
    </div>
  );
}
