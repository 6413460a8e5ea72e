import { useState } from 'react';
import { flushSync } from 'react-dom';
import { useForm } from 'react-hook-form';
import { confirmedByPasswordInput } from '../../../shared/account.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { useSession } from '../../lib/session/session-context.tsx';
import { useFailureWords } from '../../lib/use-failure-words.ts';

const resolver = formResolver(confirmedByPasswordInput);

export function DeletionForm({ email }: { email: string }) {
  const session = useSession();
  const [visible, setVisible] = useState(false);
  const [asking, setAsking] = useState(false);
  const form = useForm({ resolver, defaultValues: { password: '' } });
  const deletion = trpc.account.delete.useMutation();
  const words = useFailureWords(deletion.error);

  const ask = form.handleSubmit(() => {
    deletion.reset();
    setVisible(false);
    setAsking(true);
  });

  const erase = async (): Promise<void> => {
    try {
      await session.endWith(() => deletion.mutateAsync(form.getValues()), 'account_deleted');
    } catch (error) {
      // The dialog shows every other failure.
      if (readFailure(error).reason !== 'invalid_credentials') return;
      // While the dialog is open nothing behind it can take the focus.
      flushSync(() => setAsking(false));
      form.setError('password', { message: 'That is not your password.' }, { shouldFocus: true });
    }
  };

  return (
    <form noValidate onSubmit={(event) => void ask(event)} className="mb-6">
      {/* For password managers, which would otherwise not know whose password this is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField
        {...form.register('password')}
        label="Your password"
        autoComplete="current-password"
        visible={visible}
        onVisibleChange={setVisible}
        error={form.formState.errors.password?.message}
      />
      <div className="grid">
        <Button type="submit" look="danger">
          Delete account
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          heading="Delete your account?"
          confirm="Delete account"
          confirming="Deleting …"
          keep="Keep it"
          pending={deletion.isPending}
          done={deletion.isSuccess}
          error={words}
          onConfirm={() => void erase()}
          onClose={() => setAsking(false)}
        >
          <p className="wrap-anywhere">It is the account of {email}.</p>
          <p>You are signed out everywhere at once. To keep it after all, sign in within 14 days.</p>
        </ConfirmDialog>
      )}
    </form>
  );
}
