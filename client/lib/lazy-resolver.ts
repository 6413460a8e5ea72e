import type { FieldValues, Resolver } from 'react-hook-form';

/**
 * A form's validation, loaded when the person starts to fill it in rather than with the first screen. When it
 * cannot be loaded the form goes out as it is: the server checks everything again in any case.
 */
export function lazyResolver<Values extends FieldValues>(load: () => Promise<Resolver<Values>>) {
  const loadOrPass = async (): Promise<Resolver<Values>> => {
    try {
      return await load();
    } catch {
      return (values) => ({ values, errors: {} });
    }
  };
  const resolver: Resolver<Values> = async (values, context, options) =>
    (await loadOrPass())(values, context, options);
  return { resolver, preload: () => void loadOrPass() };
}
