import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { emailResolver } from './email-resolver.ts';

interface EmailFormProps {
  /** The present one. */
  email: string;
  onSent: (to: string) => void;
}

export function EmailForm({ email, onSent }: EmailFormProps) {
  const changeEmail = trpc.account.changeEmail.useMutation();
  const [visible, setVisible] = useState(false);
  const [resolver] = useState(() => emailResolver(email));
  const form = useForm({ resolver, defaultValues: { email: '', password: '' } });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    try {
      await changeEmail.mutateAsync(input);
      onSent(input.email);
    } catch (error) {
      const failure = readFailure(error);
      const message = 'That is not your password.';
      if (failure.reason === 'invalid_credentials')
        form.setError('password', { message }, { shouldFocus: true });
      else showFailure(form, failure, { fields: ['email', 'password'], online: navigator.onLine });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        {...form.register('email')}
        label="New e-mail address"
        type="email"
        autoComplete="email"
        error={errors.email?.message}
      />
      {/* For password managers, which would otherwise take the new address for whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        {...form.register('password')}
        label="Current password"
        autoComplete="current-password"
        visible={visible}
        onVisibleChange={setVisible}
        error={errors.password?.message}
      />
      <div className="grid">
        <Button type="submit" pending={isSubmitting}>
          {isSubmitting ? 'Sending …' : 'Send the link'}
        </Button>
      </div>
      <FormMessage error={errors.root?.message} pending={isSubmitting && 'Sending …'} />
    </form>
  );
}
