import type { ComponentProps } from 'react';
import { Spinner } from './spinner.tsx';

// Those without a visible border have one too: forced colours leave nothing of its background.
const LOOKS = {
  primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-strong',
  danger: 'border-transparent bg-danger text-on-danger hover:bg-danger-strong',
  quiet: 'border-field-line bg-surface text-ink hover:border-accent hover:text-accent',
};

interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  look?: keyof typeof LOOKS;
  /** Being carried out: further presses do nothing, but the focus stays, which `disabled` would take away. */
  pending?: boolean;
}

export function Button({
  look = 'primary',
  pending = false,
  type = 'button',
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={pending}
      onClick={(event) => (pending ? event.preventDefault() : onClick?.(event))}
      className={`inline-flex min-h-12 cursor-pointer items-center justify-center gap-2.5 rounded-lg border px-5 py-2 font-semibold transition-colors aria-disabled:cursor-progress ${LOOKS[look]}`}
    >
      {pending && <Spinner />}
      {children}
    </button>
  );
}
