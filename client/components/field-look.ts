/** Shared by every text input. 16 px text, or iOS zooms into the field. */
export const FIELD_LOOK =
  'block h-12 w-full rounded-lg border border-field-line bg-surface px-3.5 text-base text-ink ' +
  'focus-visible:border-accent focus-visible:outline-offset-0 aria-invalid:border-danger aria-invalid:outline-danger';

export const LABEL_LOOK = 'mb-1.5 inline-block font-medium';
