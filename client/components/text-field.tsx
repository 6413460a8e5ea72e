import { Label } from 'radix-ui';
import { useId, type ComponentProps } from 'react';
import { FIELD_LOOK, LABEL_LOOK } from './field-look.ts';
import { FieldMessage } from './field-message.tsx';

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'className' | 'id'> {
  label: string;
  error?: string | undefined;
  hint?: string;
  /** Space kept free for error and hint. */
  room?: 'line' | 'sentence';
}

export function TextField({ label, error, hint, room = 'sentence', ...input }: TextFieldProps) {
  const id = useId();
  const messageId = `${id}-message`;
  return (
    <div>
      <Label.Root htmlFor={id} className={LABEL_LOOK}>
        {label}
      </Label.Root>
      <input
        {...input}
        id={id}
        aria-invalid={error !== undefined}
        aria-describedby={messageId}
        className={FIELD_LOOK}
      />
      <FieldMessage id={messageId} error={error} hint={hint} room={room} />
    </div>
  );
}
