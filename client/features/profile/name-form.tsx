import { useForm } from 'react-hook-form';
import { updateProfileInput, type Profile } from '../../../shared/account.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { TextField } from '../../components/text-field.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure } from '../../lib/failure.ts';
import { showFailure } from '../../lib/form-failure.ts';
import { formResolver } from '../../lib/form-resolver.ts';
import { useSession } from '../../lib/session/session-context.tsx';

const resolver = formResolver(updateProfileInput);

export function NameForm({ user }: { user: Profile }) {
  const session = useSession();
  const updateProfile = trpc.account.updateProfile.useMutation();
  const form = useForm({
    resolver,
    defaultValues: { name: '' },
    // Follows a change that was made in another tab, unless the person is in the middle of one here.
    values: { name: user.name },
    resetOptions: { keepDirtyValues: true },
  });
  const { errors, isSubmitting, isDirty } = form.formState;

  const submit = form.handleSubmit(async (input) => {
    try {
      const updated = await updateProfile.mutateAsync(input);
      form.reset({ name: updated.name });
      session.updateUser(updated);
    } catch (error) {
      showFailure(form, readFailure(error), { fields: ['name'], online: navigator.onLine });
    }
  });

  const saved = updateProfile.isSuccess && !isDirty;
  return (
    <form noValidate onSubmit={(event) => void submit(event)}>
      {/* What is typed while the name is being saved would stand above the word that it is saved. */}
      <TextField
        {...form.register('name')}
        readOnly={isSubmitting}
        label="Name"
        room="line"
        autoComplete="name"
        error={errors.name?.message}
      />
      <Button type="submit" pending={isSubmitting}>
        {isSubmitting ? 'Saving …' : 'Save name'}
      </Button>
      <FormMessage
        error={errors.root?.message}
        success={saved ? 'Your name is saved.' : undefined}
        pending={isSubmitting && 'Saving …'}
        room="line"
      />
    </form>
  );
}
