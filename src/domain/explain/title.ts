/** The name of a failure as words: `clean failed (F10 in the provider's documentation)`. */
export function failureTitle(id: string, mode: string | undefined): string {
  const words = id.replaceAll('-', ' ');
  return mode === undefined ? words : `${words} (${mode} in the provider's documentation)`;
}
