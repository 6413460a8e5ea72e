import type { ComponentProps } from 'react';
import { PasswordField } from './password-field.tsx';
import { StrengthFeedback } from './strength-feedback.tsx';
import { StrengthStatus } from './strength-status.tsx';

interface NewPasswordFieldProps extends Omit<
  ComponentProps<typeof PasswordField>,
  'autoComplete' | 'room' | 'hint'
> {
  strength: ComponentProps<typeof StrengthFeedback>;
}

/** A password that is being chosen, and what is to be said of it: to the eye at each key, to the ear after a pause. */
export function NewPasswordField({ strength, ...field }: NewPasswordFieldProps) {
  const isSilent = strength.level === 'empty' || field.error !== undefined;
  return (
    <>
      <PasswordField
        {...field}
        autoComplete="new-password"
        room="feedback"
        hint={<StrengthFeedback {...strength} />}
      />
      <StrengthStatus words={isSilent ? '' : strength.words} />
    </>
  );
}
