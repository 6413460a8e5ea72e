import type { FieldValues, Path, UseFormReturn } from 'react-hook-form';
import { describeFailure } from './describe-failure.ts';
import type { Failure } from './failure.ts';

/**
 * Shows a server's refusal where it belongs: under the fields that it names, else for the form as a whole. What
 * was typed stays, and the first field at fault gets the focus.
 */
export function showFailure<Values extends FieldValues>(
  form: Pick<UseFormReturn<Values>, 'setError'>,
  failure: Failure,
  { fields, online }: { fields: readonly Path<Values>[]; online: boolean },
): void {
  const faults = failure.issues.flatMap(({ path, message }) => {
    const field = fields.find((name) => name === path[0]);
    return field === undefined ? [] : [{ field, message }];
  });
  for (const [index, { field, message }] of faults.entries())
    form.setError(field, { message }, { shouldFocus: index === 0 });
  const message = describeFailure(failure, { online });
  if (faults.length === 0 && message !== undefined) form.setError('root', { message });
}
