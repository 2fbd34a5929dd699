/** What was typed. */

import type { Request } from './contract.ts';

/** A value as typed; empty where nothing was. */
export function entered(request: Request, name: string): string {
  return Object.hasOwn(request.values, name) ? (request.values[name] ?? '') : '';
}

/** A whole number of machines as typed, or why it is none, as a sentence. `most`: beyond it a slip of the finger. */
export function machineCount(text: string, most: number): number | string {
  if (text === '') return 'a number is needed';
  if (/^-\d+$/.test(text)) return `${text} machines cannot be: the number must not be negative`;
  if (/^\d+[.,]\d+$/.test(text)) return `${text} machines cannot be: the number must be whole`;
  if (!/^(0|[1-9]\d*)$/.test(text)) return `"${text.slice(0, 40)}" is not a number of machines`;
  const number = Number(text);
  if (number > most)
    return `${text.length > 20 ? 'that many' : text} machines are more than there can be: ${most} at most`;
  return number;
}

/** Why a text is no name of a Kubernetes object (RFC 1123 subdomain), as a sentence; undefined for a name. */
export function nameProblem(text: string): string | undefined {
  if (text === '') return 'a name is needed';
  if (text.length > 253) return 'the name is longer than 253 characters';
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text)) {
    return `"${text.slice(0, 60)}" is not a name: lower-case letters, digits, "-" and "." only`;
  }
  return undefined;
}

/** `1 machine`, `3 machines`. */
export function machines(count: number): string {
  return count === 1 ? '1 machine' : `${count} machines`;
}
