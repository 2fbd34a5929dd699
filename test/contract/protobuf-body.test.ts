/** Bodies as typed clients send them. */
import { describe, expect, it } from 'vitest';
import { jsonOfProtobuf } from '../../src/simulator/api/protobuf-body.ts';

const bytes = (field: number, body: Buffer | string): Buffer => {
  const inner = Buffer.from(body);
  const head = [
    (field << 3) | 2,
    ...(inner.length < 128 ? [inner.length] : [(inner.length & 127) | 128, inner.length >> 7]),
  ];
  return Buffer.concat([Buffer.from(head), inner]);
};
const message = (...fields: Buffer[]) => Buffer.concat(fields);
const entry = (key: string, value: string) => message(bytes(1, key), bytes(2, value));
const body = (apiVersion: string, kind: string, raw: Buffer) =>
  Buffer.concat([Buffer.from('k8s\0'), bytes(1, message(bytes(1, apiVersion), bytes(2, kind))), bytes(2, raw)]);
const read = (sent: Buffer): unknown => JSON.parse(jsonOfProtobuf(sent) ?? 'null');

const secret = body(
  'v1',
  'Secret',
  message(
    bytes(
      1,
      message(
        bytes(1, 'hidden'),
        bytes(3, 'lab'),
        bytes(11, entry('a', '1')),
        bytes(11, entry('b', '2')),
        bytes(14, 'f/x'),
        bytes(14, 'f/y'),
      ),
    ),
    bytes(2, entry('key', `${'long '.repeat(40)}`)),
    bytes(3, 'Opaque'),
    Buffer.from([5 << 3, 1]),
  ),
);

describe('a protobuf body', () => {
  it('is read as the JSON it stands for', () => {
    expect(read(secret)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hidden', namespace: 'lab', labels: { a: '1', b: '2' }, finalizers: ['f/x', 'f/y'] },
      data: { key: Buffer.from('long '.repeat(40)).toString('base64') },
      type: 'Opaque',
      immutable: true,
    });
    const about = message(bytes(1, 'lab'), bytes(2, 'patch'), bytes(5, 'machines'));
    const review = body('authorization.k8s.io/v1', 'SelfSubjectAccessReview', bytes(2, bytes(1, about)));
    expect(read(review)).toMatchObject({
      spec: { resourceAttributes: { namespace: 'lab', verb: 'patch', resource: 'machines' } },
    });
    const options = body(
      'policy/v1',
      'DeleteOptions',
      message(Buffer.from([1 << 3, 30]), bytes(4, 'Foreground'), bytes(5, 'All')),
    );
    expect(read(options)).toMatchObject({ gracePeriodSeconds: 30, propagationPolicy: 'Foreground', dryRun: ['All'] });
  });

  it('passes over fields it does not know', () => {
    const more = message(
      bytes(1, bytes(1, 'x')),
      Buffer.from([15 << 3, 255, 1]),
      bytes(14, 'unknown'),
      Buffer.from([(13 << 3) | 5, 0, 0, 0, 0]),
    );
    expect(read(body('v1', 'Namespace', more))).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'x' },
    });
  });

  it('is not read where it is broken or of another kind', () => {
    expect(jsonOfProtobuf(Buffer.from('{}'))).toBeUndefined();
    expect(jsonOfProtobuf(body('v1', 'Pod', Buffer.alloc(0)))).toBeUndefined();
    for (let end = 0; end < secret.length; end++) {
      expect(() => jsonOfProtobuf(secret.subarray(0, end))).not.toThrow();
    }
    expect(jsonOfProtobuf(Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(20, 255)]))).toBeUndefined();
  });
});
