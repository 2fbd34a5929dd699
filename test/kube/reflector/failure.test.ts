import { describe, expect, it } from 'vitest';
import { judge, messageOf, NO_INITIAL_END, type Stage, WENT_BACK } from '../../../src/kube/reflector/failure.ts';
import { errorFromAnswer, KubeError } from '../../../src/kube/types.ts';
import { statusBody } from './support/fake-api.ts';

const status = (code: number, reason: string, details?: unknown) =>
  errorFromAnswer(code, statusBody(code, reason, reason, details));
const local = (reason: string) => new KubeError(0, reason, reason);
const tooLarge = { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 };

describe('what a failure means', () => {
  const rows: [KubeError | Error, Stage, string, string][] = [
    [local('Network'), 'list', 'stale', 'same'],
    [local('Network'), 'watch', 'stale', 'same'],
    [local('Timeout'), 'watch', 'stale', 'same'],
    [local('Certificate'), 'list', 'stale', 'same'],
    [status(500, 'InternalError'), 'watch', 'stale', 'same'],
    [status(503, 'ServiceUnavailable'), 'list', 'stale', 'same'],
    [status(429, 'TooManyRequests'), 'watch', 'stale', 'same'],
    [status(401, 'Unauthorized'), 'watch', 'auth', 'same'],
    [local('Credentials'), 'list', 'auth', 'same'],
    [status(403, 'Forbidden'), 'watch', 'forbidden', 'list'],
    [status(404, 'NotFound'), 'watch', 'absent', 'list'],
    [status(404, 'NotFound'), 'resolve', 'absent', 'list'],
    [status(410, 'Expired'), 'watch', 'stale', 'list'],
    [status(410, 'Gone'), 'list', 'stale', 'quorum'],
    [status(410, 'Expired'), 'page', 'stale', 'whole'],
    [status(504, 'Timeout', tooLarge), 'list', 'stale', 'quorum'],
    [status(504, 'Timeout', tooLarge), 'initial', 'stale', 'quorum'],
    [status(504, 'Timeout', tooLarge), 'watch', 'stale', 'same'],
    [status(504, 'Timeout'), 'list', 'stale', 'same'],
    [status(504, 'GatewayTimeout', { causes: 'nonsense' }), 'list', 'stale', 'same'],
    [status(422, 'Invalid'), 'initial', 'stale', 'plain'],
    [status(400, 'BadRequest'), 'initial', 'stale', 'plain'],
    [local(NO_INITIAL_END), 'initial', 'stale', 'plain'],
    [status(400, 'BadRequest'), 'watch', 'stale', 'quorum'],
    [local(WENT_BACK), 'watch', 'stale', 'quorum'],
    [local('Malformed'), 'watch', 'stale', 'list'],
    [local('Malformed'), 'list', 'stale', 'same'],
    [new TypeError('a bug'), 'watch', 'stale', 'list'],
  ];

  it.each(rows)('%s while %s: %s, then %s', (error, stage, phase, next) => {
    expect(judge(error, stage)).toMatchObject({ phase, next });
  });
});

describe('messageOf', () => {
  it('gives one printable line', () => {
    expect(messageOf(new Error('a\u001b[31mb\r\nc\u2028d\u202ee'))).toBe('a [31mb c d e');
    expect(messageOf('x'.repeat(5_000))).toHaveLength(300);
    expect(messageOf(undefined)).toBe('undefined');
  });
});
