/** An image without a tag, or with `latest`, may have changed since it was pulled. */
export function pullPolicy(image: unknown): string {
  const tag = /:([^/:]+)$/.exec(String(image ?? ''))?.[1] ?? 'latest';
  return tag === 'latest' && !String(image ?? '').includes('@') ? 'Always' : 'IfNotPresent';
}
