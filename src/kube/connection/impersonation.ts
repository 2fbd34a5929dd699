import type { Impersonation } from './model.ts';
import { ConnectionProblem } from './problem.ts';

/** The flags `--as` and `--as-group`. */
export interface ImpersonationFlags {
  as?: string;
  asGroups?: readonly string[];
}

/**
 * Whom to act as. `--as` replaces all that the kubeconfig says, so that no group of another identity is added to the
 * one that was named; `--as-group` alone replaces the groups.
 * @throws ConnectionProblem for groups without a user
 */
export function impersonationOf(flags: ImpersonationFlags, own: Impersonation | undefined): Impersonation | undefined {
  const groups = flags.asGroups ?? [];
  if (flags.as) return { user: flags.as, groups, extra: {} };
  if (groups.length === 0) return own;
  if (own) return { ...own, groups };
  throw new ConnectionProblem('A group to impersonate was given without a user', 'add --as');
}

/** The headers that make the API server act on it (Kubernetes, "User impersonation"). */
export function impersonationHeaders(who: Impersonation | undefined): Record<string, string | string[]> {
  if (!who) return {};
  const headers: Record<string, string | string[]> = { 'Impersonate-User': bytes(who.user) };
  if (who.uid) headers['Impersonate-Uid'] = bytes(who.uid);
  if (who.groups.length > 0) headers['Impersonate-Group'] = who.groups.map(bytes);
  for (const [key, values] of Object.entries(who.extra)) {
    headers[`Impersonate-Extra-${headerKey(key)}`] = values.map(bytes);
  }
  return headers;
}

/** UTF-8 as Go sends it: Node writes header text as latin1, one byte a character. */
function bytes(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new ConnectionProblem(
      'The user or group to impersonate holds control characters',
      'correct --as or the kubeconfig',
    );
  }
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Percent-encodes what may not stand in a header name (client-go, `headerKeyEscape`). */
function headerKey(key: string): string {
  return [...Buffer.from(key, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9!#$&'*+\-.^_`|~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
