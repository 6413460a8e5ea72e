import { Eye, EyeOff } from 'lucide-react';
import { Label, unstable_PasswordToggleField as Toggle } from 'radix-ui';
import { useId, type ComponentProps, type ReactNode } from 'react';
import { FIELD_LOOK, LABEL_LOOK } from './field-look.ts';
import { FieldMessage } from './field-message.tsx';

interface PasswordFieldProps extends Omit<
  ComponentProps<'input'>,
  'className' | 'id' | 'type' | 'autoComplete'
> {
  label: string;
  autoComplete: 'current-password' | 'new-password';
  visible: boolean;
  onVisibleChange: (visible: boolean) => void;
  error?: string | undefined;
  hint?: ReactNode;
  /** Space kept free for error and hint. */
  room?: 'sentence' | 'feedback';
}

/**
 * A password that can be looked at, pasted and filled in by a manager. Hidden again when the form is sent, or a
 * browser may keep it among the texts that it offers to complete.
 */
export function PasswordField({
  label,
  visible,
  onVisibleChange,
  error,
  hint,
  room = 'sentence',
  ...input
}: PasswordFieldProps) {
  const id = useId();
  const messageId = `${id}-message`;
  return (
    <div>
      <Label.Root htmlFor={id} className={LABEL_LOOK}>
        {label}
      </Label.Root>
      <div className="relative">
        <Toggle.Root visible={visible} onVisibilityChange={onVisibleChange}>
          <Toggle.Input
            {...input}
            id={id}
            autoCorrect="off"
            aria-invalid={error !== undefined}
            aria-describedby={messageId}
            className={`${FIELD_LOOK} pr-13`}
          />
          <Toggle.Toggle
            id={`${id}-toggle`}
            aria-label={visible ? 'Hide password' : 'Show password'}
            className="absolute inset-y-0 right-0 flex w-12 cursor-pointer items-center justify-center rounded-lg text-muted hover:text-ink focus-visible:-outline-offset-2"
          >
            <Toggle.Icon visible={<EyeOff />} hidden={<Eye />} className="size-5" />
          </Toggle.Toggle>
        </Toggle.Root>
      </div>
      <FieldMessage id={messageId} error={error} hint={hint} room={room} />
    </div>
  );
}
