const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [\s\S]*?(?:-----END [^-]*-----|$)/g, '[removed]'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g, '[removed]'],
  [/\b(Bearer|Basic)\s+\S+/gi, '$1 [removed]'],
  [/(\w+:\/\/)[^\s/@]+@/g, '$1'],
  [/((?:password|passwd|secret)"?\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi, '$1[removed]'],
  [/((?:token|key|assertion)"?\s*[=:]\s*["']?)[^\s"']{16,}/gi, '$1[removed]'],
  [/[A-Za-z0-9+_=-]{40,}/g, '[removed]'],
];

/** Takes out of a program's words what looks like a token, a key, a certificate or a password. */
export function redacted(text: string): string {
  return secrets.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
