import { useMemo, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { NewPasswordField } from '../../components/new-password-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { useEstimate } from '../../lib/password-strength/use-estimate.ts';
import { useStrength } from '../../lib/password-strength/use-strength.ts';
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
  const { estimateStrength, load: loadEstimate } = useEstimate();
  // Whose password it is, only the server knows.
  const policy = useMemo(
    () => ({ minLength, email: '', name: '', estimateStrength }),
    [minLength, estimateStrength],
  );
  const resolver = useMemo(() => newPasswordResolver(policy), [policy]);
  const form = useForm({ resolver, defaultValues: { password: '' } });
  const { errors, isSubmitting } = form.formState;
  const password = useWatch({ control: form.control, name: 'password' });
  const strength = useStrength(password, policy);

  const submit = form.handleSubmit(async (input) => {
    try {
      await reset.mutateAsync({ token, ...input });
      onDone('changed');
    } catch (error) {
      const failure = readFailure(error);
      if (isGone(failure)) onDone('gone');
      else showFailure(form, failure, { fields: ['password'], online: navigator.onLine });
    }
  });

  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      <NewPasswordField
        {...form.register('password')}
        label="New password"
        visible={visible}
        onVisibleChange={setVisible}
        onFocus={loadEstimate}
        strength={strength}
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
