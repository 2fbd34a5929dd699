/** Answers as Go's server writes them. */

import { ApiError, internal } from './errors.ts';
import { type ApiAnswer, isRecord } from './types.ts';

/** An answer of plain text. */
export const plain = (body: string, status = 200): ApiAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body,
});

/** An answer of JSON. */
export const json = (status: number, body: unknown, contentType = 'application/json'): ApiAnswer => ({
  status,
  headers: { 'content-type': contentType },
  body: `${JSON.stringify(body)}\n`,
});

/** The answer to whatever went wrong. */
export function errorAnswer(error: unknown): ApiAnswer {
  const known = error instanceof ApiError ? error : internal(`Internal error occurred: ${String(error)}`);
  const answer = known.plain ? plain(`${known.message}\n`, known.code) : json(known.code, known.toStatus());
  if (known.code === 403 && known.refusesUser) answer.headers['x-content-type-options'] = 'nosniff';
  const details = known.details;
  const retryAfter = isRecord(details) ? details.retryAfterSeconds : undefined;
  if (retryAfter !== undefined) answer.headers['retry-after'] = String(retryAfter);
  return answer;
}
