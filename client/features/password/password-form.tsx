import { useMemo, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { useEstimate } from '../../lib/password-strength/use-estimate.ts';
import { useStrength } from '../../lib/password-strength/use-strength.ts';
import { useSession } from '../../lib/session/session-context.tsx';
import { passwordResolver } from './password-resolver.ts';

const FIELDS = ['currentPassword', 'newPassword'] as const;

interface PasswordFormProps {
  email: string;
  name: string;
  minLength: number;
}

export function PasswordForm({ email, name, minLength }: PasswordFormProps) {
  const session = useSession();
  const changePassword = trpc.account.changePassword.useMutation();
  const [visible, setVisible] = useState(false);
  const { estimateStrength, load: loadEstimate } = useEstimate();
  const policy = useMemo(
    () => ({ minLength, email, name, estimateStrength }),
    [minLength, email, name, estimateStrength],
  );
  const resolver = useMemo(() => passwordResolver(policy), [policy]);
  const form = useForm({ resolver, defaultValues: { currentPassword: '', newPassword: '' } });
  const { errors, isSubmitting, isDirty } = form.formState;
  const newPassword = useWatch({ control: form.control, name: 'newPassword' });
  const strength = useStrength(newPassword, policy);

  const submit = form.handleSubmit(async (input) => {
    try {
      await session.renewWith(() => changePassword.mutateAsync(input));
      form.reset();
      setVisible(false);
    } catch (error) {
      const failure = readFailure(error);
      const message = 'That is not your current password.';
      if (failure.reason === 'invalid_credentials')
        form.setError('currentPassword', { message }, { shouldFocus: true });
      else showFailure(form, failure, { fields: FIELDS, online: navigator.onLine });
    }
  });

  const changed = changePassword.isSuccess && !isDirty;
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      {/* For password managers, which would otherwise not know whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        {...form.register('currentPassword')}
        label="Current password"
        autoComplete="current-password"
        visible={visible}
        onVisibleChange={setVisible}
        error={errors.currentPassword?.message}
      />
      <NewPasswordField
        {...form.register('newPassword')}
        label="New password"
        visible={visible}
        onVisibleChange={setVisible}
        onFocus={loadEstimate}
        strength={strength}
        error={errors.newPassword?.message}
      />
      <div className="grid">
        <Button type="submit" pending={isSubmitting}>
          {isSubmitting ? 'Changing your password …' : 'Change password'}
        </Button>
      </div>
      <FormMessage
        error={errors.root?.message}
        success={changed ? 'Your password is changed. All other sessions are ended.' : undefined}
        pending={isSubmitting && 'Changing your password …'}
      />
    </form>
  );
}
