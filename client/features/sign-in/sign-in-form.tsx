import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { authClient } from '../../lib/api/auth-client.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { lazyResolver } from '../../lib/lazy-resolver.ts';
import { useSession, useSessionState } from '../../lib/session/session-context.tsx';
import { useTypedAddress } from '../../lib/typed-address.ts';

const { resolver, preload } = lazyResolver(
  async () => (await import('./credentials-resolver.ts')).credentialsResolver,
);

export function SignInForm() {
  const session = useSession();
  const { status } = useSessionState();
  const [visible, setVisible] = useState(false);
  const typed = useTypedAddress();
  const form = useForm({ resolver, defaultValues: { email: typed, password: '' } });
  const email = useWatch({ control: form.control, name: 'email' });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (credentials) => {
    try {
      await session.signIn(() => authClient.auth.login.mutate(credentials));
    } catch (error) {
      showFailure(form, readFailure(error), { fields: ['email', 'password'], online: navigator.onLine });
    }
  });

  // Signed in: the next screen is on its way.
  const pending = isSubmitting || status === 'signed_in';
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        {...form.register('email')}
        onFocus={preload}
        label="E-mail address"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
      />
      <PasswordField
        {...form.register('password')}
        onFocus={preload}
        label="Password"
        autoComplete="current-password"
        visible={visible}
        onVisibleChange={setVisible}
        error={errors.password?.message}
      />
      <div className="grid">
        <Button type="submit" pending={pending}>
          {pending ? 'Signing in …' : 'Sign in'}
        </Button>
      </div>
      <FormMessage error={errors.root?.message} pending={pending && 'Signing in …'} />
      <p>
        <TextLink to="/forgot-password" state={{ email }}>
          Forgot your password?
        </TextLink>
      </p>
      <p className="flex flex-wrap items-center gap-x-2 text-muted">
        New here?
        <TextLink to="/register" search={true} state={{ email }}>
          Create an account
        </TextLink>
      </p>
    </form>
  );
}
