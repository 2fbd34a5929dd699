import { describe, expect, it } from 'vitest';
import { errorFromAnswer } from '../../src/kube/types.ts';

describe('the error of an answer', () => {
  it('is what the Status says', () => {
    const error = errorFromAnswer(
      410,
      '{"kind":"Status","reason":"Expired","message":"too old","details":{"retryAfterSeconds":3}}',
    );
    expect(error).toMatchObject({ code: 410, reason: 'Expired', message: 'too old', retryAfter: 3 });
  });

  it('keeps the failed checks of /readyz, which answers in plain text', () => {
    const error = errorFromAnswer(500, '[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\nreadyz check failed\n');
    expect(error.message).toBe('the server answered 500: [-]etcd failed: reason withheld readyz check failed');
  });

  it.each(['<html><body>login</body></html>', '', '{"error":"x"}'])(
    'does not repeat the page of a proxy: %j',
    (body) => {
      expect(errorFromAnswer(502, body)).toMatchObject({ reason: 'HTTP502', message: 'the server answered 502' });
    },
  );

  it('prefers the header for how long to wait', () => {
    expect(errorFromAnswer(429, '', '7').retryAfter).toBe(7);
    expect(errorFromAnswer(429, '', 'soon').retryAfter).toBeUndefined();
  });
});
