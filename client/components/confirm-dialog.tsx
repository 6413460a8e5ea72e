import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { FormMessage } from './form-message.tsx';

interface ConfirmDialogProps {
  heading: string;
  /** What will happen. */
  children: ReactNode;
  /** The button that does it, and what it says while it does. */
  confirm: string;
  confirming: string;
  keep: string;
  pending: boolean;
  error: string | undefined;
  onConfirm: () => void;
  /**
   * Whichever way it was closed; the focus is back where it was by then. Chromium lets a page keep a dialog open
   * against one Escape and no more: what was begun may still be under way.
   */
  onClose: () => void;
  /** It has been carried out: the dialog closes. */
  done: boolean;
}

/** Asks before something that cannot be undone. The browser's own dialog keeps the focus within, and gives it back. */
export function ConfirmDialog({ heading, children, pending, onClose, ...props }: ConfirmDialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const safe = useRef<HTMLButtonElement>(null);
  const { done } = props;

  useEffect(() => {
    const element = dialog.current;
    if (element?.open === false) element.showModal();
    // Whoever presses Enter without having read it changes nothing.
    safe.current?.focus();
    // Taken out of the page it is closed, and focus and page are free again: closing it here as well would send a
    // `close` that in development, where React mounts twice, meets the second dialog.
  }, []);

  useEffect(() => {
    if (done) dialog.current?.close();
  }, [done]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-heading`}
      aria-describedby={`${id}-text`}
      onCancel={(event) => pending && event.preventDefault()}
      onClose={({ currentTarget }) => {
        keepFocus(currentTarget);
        onClose();
      }}
      className="backdrop:bg-black/50 m-auto w-full max-w-[min(28rem,calc(100%-2rem))] rounded-2xl border border-line bg-surface p-6 text-ink shadow-xl sm:p-8"
    >
      <h2 id={`${id}-heading`} className="mb-3 text-xl font-semibold text-balance wrap-anywhere">
        {heading}
      </h2>
      <div id={`${id}-text`} className="mb-6 grid gap-2 text-muted">
        {children}
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Button look="danger" pending={pending} onClick={props.onConfirm}>
          {pending ? props.confirming : props.confirm}
        </Button>
        <Button ref={safe} look="quiet" onClick={() => pending || dialog.current?.close()}>
          {props.keep}
        </Button>
      </div>
      <FormMessage error={props.error} pending={pending && props.confirming} room="none" />
    </dialog>
  );
}

/** When what it was opened from is gone, the focus is nowhere, and the next Tab would begin at the top of the page. */
function keepFocus(closed: HTMLDialogElement): void {
  const { activeElement, body } = document;
  if (activeElement === body || closed.contains(activeElement)) document.querySelector('h1')?.focus();
}
