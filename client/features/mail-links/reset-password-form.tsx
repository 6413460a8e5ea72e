import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { newPasswordResolver } from './new-password-resolver.ts';
import { isGone, useCatchUp } from './use-link.ts';

interface ResetPasswordFormProps {
  token: string;
  minLength: number;
  onDone: (outcome: 'changed' | 'gone') => void;
}

export function ResetPasswordForm({ token, minLength, onDone }: ResetPasswordFormProps) {
  const reset = trpc.password.reset.useMutation({ onSuccess: useCatchUp() });
  const [visible, setVisible] = useState(false);
  const [resolver] = useState(() => newPasswordResolver(minLength));
  const form = useForm({ resolver, defaultValues: { password: '' } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ password }) => {
    try {
      await reset.mutateAsync({ token, password });
      onDone('changed');
    } catch (error) {
      const failure = readFailure(error);
      if (isGone(failure)) onDone('gone');
      else showFailure(form, failure, { fields: ['password'], online: navigator.onLine });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <PasswordField
        {...form.register('password')}
        label="New password"
        autoComplete="new-password"
        visible={visible}
        onVisibleChange={setVisible}
        room="feedback"
        hint={`At least ${minLength} characters. A few unrelated words are good and easy to remember.`}
        error={errors.password?.message}
      />
      <div className="grid">
        <Button type="submit" pending={isSubmitting}>
          {isSubmitting ? 'Changing your password …' : 'Change password'}
        </Button>
      </div>
      <FormMessage error={errors.root?.message} pending={isSubmitting && 'Changing your password …'} />
    </form>
  );
}
