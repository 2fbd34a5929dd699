/** What a failed request says about the write it carried. */
import { at, list, str } from '../domain/read.ts';
import type { FieldConflict } from '../journal/entries.ts';
import { KubeError } from '../kube/types.ts';

/**
 * - `unsent`: it never left.
 * - `busy`: the server turned it away and asks for patience.
 * - `moved`: a precondition may have failed; so may a rule of the server: only the object can tell.
 * - `lost`: it may have been carried out.
 * - `refused`: the server said no, and did nothing.
 */
export type Failure = 'unsent' | 'busy' | 'moved' | 'lost' | 'refused';

/**
 * Sorts what a request threw. A failed `test` of a JSON patch is answered with 422 and any other precondition with 409
 * (kube-apiserver, endpoints/handlers/patch.go), as are a validation and a name that is taken.
 */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof KubeError)) return 'lost';
  if (error.code === 0) return wasSent(error) ? 'lost' : 'unsent';
  if (error.code === 429) return 'busy';
  if (error.code === 409 || error.code === 422) return 'moved';
  // A redirect or a page of a proxy: who knows what it has done.
  if (error.code < 400 || error.code >= 500) return 'lost';
  return 'refused';
}

function wasSent({ reason, cause }: KubeError): boolean {
  if (reason === 'Credentials' || reason === 'Certificate') return false;
  return (cause as { unsent?: unknown } | undefined)?.unsent !== true;
}

/** What is told of an error: the server's words as they are. */
export function wordsOf(error: unknown): { code: number; message: string } {
  if (error instanceof KubeError) return { code: error.code, message: error.message };
  return { code: 0, message: error instanceof Error ? error.message : String(error) };
}

/**
 * The fields that an apply would take from others: the causes of a conflict as the API server gives them (apimachinery,
 * CauseTypeFieldManagerConflict), `conflict with "kubectl" using v1` at `.spec.replicas`.
 */
export function conflictsOf(error: unknown): FieldConflict[] {
  if (!(error instanceof KubeError) || error.code !== 409) return [];
  return list(at(error.status, 'details', 'causes'), 200).flatMap((cause) => {
    if (at(cause, 'reason') !== 'FieldManagerConflict') return [];
    const message = str(at(cause, 'message')) ?? '';
    const manager = /^conflict with "([^"]*)"/.exec(message)?.[1] ?? message;
    return [{ manager, field: (str(at(cause, 'field')) ?? '?').replace(/^\./, '') }];
  });
}
