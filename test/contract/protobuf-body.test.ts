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

const number = (field: number, value: number) => Buffer.from([field << 3, value]);

describe('a protobuf body', () => {
  it('is read of an autoscaler in both versions, with the target that is asked for', () => {
    const scales = message(
      bytes(1, message(bytes(1, 'Deployment'), bytes(2, 'web'), bytes(3, 'apps/v1'))),
      number(2, 2),
      number(3, 9),
    );
    const target = message(bytes(1, 'Utilization'), number(4, 42));
    const metric = message(bytes(1, 'Resource'), bytes(4, message(bytes(1, 'cpu'), bytes(2, target))));
    const sent = (version: string, spec: Buffer) =>
      read(
        body(
          `autoscaling/${version}`,
          'HorizontalPodAutoscaler',
          message(bytes(1, bytes(1, 'web')), bytes(2, message(scales, spec))),
        ),
      );
    const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
    expect(sent('v1', number(4, 42))).toMatchObject({
      spec: { scaleTargetRef, minReplicas: 2, maxReplicas: 9, targetCPUUtilizationPercentage: 42 },
    });
    expect(sent('v2', bytes(4, metric))).toMatchObject({
      spec: {
        ...{ scaleTargetRef, minReplicas: 2, maxReplicas: 9 },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 42 } } },
        ],
      },
    });
  });

  it('is read of an Ingress, whose port has a name or a number', () => {
    const port = message(bytes(1, ''), number(2, 80));
    const backend = bytes(4, message(bytes(1, 'web'), bytes(2, port)));
    const path = message(bytes(1, '/'), bytes(2, backend), bytes(3, 'Exact'));
    const rule = message(bytes(1, 'web.example'), bytes(2, bytes(1, bytes(1, path))));
    const sent = read(
      body('networking.k8s.io/v1', 'Ingress', message(bytes(1, bytes(1, 'web')), bytes(2, bytes(3, rule)))),
    );
    const found = sent as { spec: { rules: { http: { paths: { backend: unknown }[] } }[] } };
    expect(found.spec.rules[0]!.http.paths[0]!.backend).toEqual({ service: { name: 'web', port: { number: 80 } } });
  });

  it('is read of a Deployment and of a Service as create makes them', () => {
    const labels = bytes(11, entry('app', 'web'));
    const container = message(bytes(1, 'nginx'), bytes(2, 'nginx:1'), bytes(6, message(number(2, 0), number(3, 80))));
    const template = message(
      bytes(1, message(bytes(1, ''), labels)),
      bytes(2, message(bytes(2, container), number(11, 0))),
    );
    const spec = message(
      number(1, 3),
      bytes(2, bytes(1, entry('app', 'web'))),
      bytes(3, template),
      bytes(4, bytes(1, '')),
      number(5, 0),
      number(7, 0),
    );
    expect(
      read(body('apps/v1', 'Deployment', message(bytes(1, message(bytes(1, 'web'), labels)), bytes(2, spec)))),
    ).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'nginx', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
        },
      },
    });
    const target = (kind: number, port: number, name: string) =>
      message(number(1, kind), number(2, port), bytes(3, name));
    const ports = [target(0, 81, ''), target(1, 0, 'http')].map((to) =>
      bytes(1, message(bytes(2, 'TCP'), number(3, 80), bytes(4, to), number(5, 0))),
    );
    expect(read(body('v1', 'Service', bytes(2, message(...ports, bytes(4, 'NodePort')))))).toMatchObject({
      spec: {
        type: 'NodePort',
        ports: [
          { protocol: 'TCP', port: 80, targetPort: 81 },
          { protocol: 'TCP', port: 80, targetPort: 'http' },
        ],
      },
    });
  });

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
    expect(jsonOfProtobuf(body('v1', 'PodTemplate', Buffer.alloc(0)))).toBeUndefined();
    for (let end = 0; end < secret.length; end++) {
      expect(() => jsonOfProtobuf(secret.subarray(0, end))).not.toThrow();
    }
    expect(jsonOfProtobuf(Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(20, 255)]))).toBeUndefined();
  });
});
