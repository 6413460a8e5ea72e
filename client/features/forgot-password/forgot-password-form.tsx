import { useForm } from 'react-hook-form';
import { emailInput } from '../../../shared/account.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextField } from '../../components/text-field.tsx';
import { authClient } from '../../lib/api/auth-client.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { useTypedAddress } from '../../lib/typed-address.ts';

const resolver = formResolver(emailInput);

export function ForgotPasswordForm({ onSent }: { onSent: (email: string) => void }) {
  const state = useSessionState();
  const typed = useTypedAddress();
  const email = typed === '' && state.status === 'signed_in' ? state.user.email : typed;
  const form = useForm({
    resolver,
    defaultValues: { email: '' },
    // Who is signed in may be known only after a moment, in which somebody may have begun to type.
    values: { email },
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    try {
      await authClient.password.forgot.mutate(input);
      onSent(input.email);
    } catch (error) {
      showFailure(form, readFailure(error), { fields: ['email'], online: navigator.onLine });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        {...form.register('email')}
        label="E-mail address"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
      />
      <div className="grid">
        <Button type="submit" pending={isSubmitting}>
          {isSubmitting ? 'Sending …' : 'Send me a link'}
        </Button>
      </div>
      <FormMessage error={errors.root?.message} pending={isSubmitting && 'Sending …'} />
    </form>
  );
}
