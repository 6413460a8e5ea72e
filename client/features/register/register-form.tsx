import { useMemo, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { authClient } from '../../lib/api/auth-client.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { useEstimate } from '../../lib/password-strength/use-estimate.ts';
import { useStrength } from '../../lib/password-strength/use-strength.ts';
import { useSession, useSessionState } from '../../lib/session/session-context.tsx';
import { AccountExists } from './account-exists.tsx';
import { loadPassphrase } from './load-passphrase.ts';
import { PassphraseOffer } from './passphrase-offer.tsx';
import { registrationResolver } from './registration-resolver.ts';

const CONFLICT = 'conflict';

interface Typed {
  name: string;
  email: string;
}

interface RegisterFormProps {
  minLength: number;
  /** What has been typed before. */
  typed: Typed;
  /** A mail is on its way, to whoever can read what goes to this address. */
  onSent: (typed: Typed) => void;
}

export function RegisterForm({ minLength, typed, onSent }: RegisterFormProps) {
  const session = useSession();
  const { status } = useSessionState();
  const [visible, setVisible] = useState(false);
  const [passphrase, setPassphrase] = useState<string>();
  const { estimateStrength, load: loadEstimate } = useEstimate();
  const policy = useMemo(() => ({ minLength, estimateStrength }), [minLength, estimateStrength]);
  const resolver = useMemo(() => registrationResolver(policy), [policy]);
  const form = useForm({ resolver, defaultValues: { ...typed, password: '' } });
  const { errors, isSubmitting, isSubmitted } = form.formState;
  const [password, email, name] = useWatch({ control: form.control, name: ['password', 'email', 'name'] });
  const strength = useStrength(password, { ...policy, email, name });

  const submit = form.handleSubmit(async (registration) => {
    try {
      const answer = await session.signIn(() => authClient.auth.register.mutate(registration));
      if ('status' in answer) onSent({ name: registration.name ?? '', email: registration.email });
    } catch (error) {
      const failure = readFailure(error);
      if (failure.reason === 'conflict') form.setError('root', { type: CONFLICT });
      else showFailure(form, failure, { fields: ['name', 'email', 'password'], online: navigator.onLine });
    }
  });

  const makePassphrase = async (): Promise<void> => {
    loadEstimate();
    const made = await loadPassphrase({ ...policy, email, name });
    form.setValue('password', made, { shouldDirty: true, shouldValidate: isSubmitted });
    setPassphrase(made);
    setVisible(true);
  };

  // Signed in: the next screen is on its way.
  const pending = isSubmitting || status === 'signed_in';
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <TextField
        {...form.register('name')}
        label="Name (optional)"
        autoComplete="name"
        error={errors.name?.message}
      />
      <TextField
        {...form.register('email')}
        label="E-mail address"
        type="email"
        autoComplete="username"
        error={errors.email?.message}
      />
      <NewPasswordField
        {...form.register('password')}
        label="Password"
        visible={visible}
        onVisibleChange={setVisible}
        onFocus={loadEstimate}
        error={errors.password?.message}
        strength={strength}
      />
      <PassphraseOffer made={passphrase === password ? passphrase : undefined} onAsk={makePassphrase} />
      <div className="grid">
        <Button type="submit" pending={pending}>
          {pending ? 'Creating your account …' : 'Create account'}
        </Button>
      </div>
      <FormMessage
        error={errors.root?.type === CONFLICT ? <AccountExists email={email} /> : errors.root?.message}
        pending={pending && 'Creating your account …'}
      />
      <p className="flex flex-wrap items-center gap-x-2 text-muted">
        Have an account already?
        <TextLink to="/sign-in" search={true} state={{ email }}>
          Sign in
        </TextLink>
      </p>
    </form>
  );
}
