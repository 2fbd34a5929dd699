/** What probes hear of containers, and what follows: nothing is executed. */
import { describe, expect, it } from 'vitest';
import { answerOf, type Probe } from '../../../src/simulator/controllers/kubernetes/probe-answers.ts';
import { healthOf } from '../../../src/simulator/controllers/kubernetes/probes.ts';
import type { Container } from '../../../src/simulator/controllers/kubernetes/shapes.ts';

const nginx = { name: 'web', image: 'nginx:1.27' };
const sleeper = { name: 'web', image: 'busybox', command: ['sh', '-c', 'sleep 3600'] };
const own = { name: 'web', image: 'registry.test/app:1' };
const tidy = {
  ...{ name: 'web', image: 'registry.k8s.io/busybox' },
  args: ['/bin/sh', '-c', 'touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600'],
};
const cat = { exec: { command: ['cat', '/tmp/healthy'] } };

describe('a probe', () => {
  it.each<[string, Container, Probe, string | undefined]>([
    ['nginx on its port', nginx, { httpGet: { port: 80, path: '/' } }, undefined],
    [
      'nginx elsewhere',
      nginx,
      { httpGet: { port: 81, path: 'nope' } },
      'Get "http://10.3.0.7:81/nope": dial tcp 10.3.0.7:81: connect: connection refused',
    ],
    ['a page nginx lacks', nginx, { httpGet: { port: 80, path: '/nope' } }, 'HTTP probe failed with statuscode: 404'],
    [
      'nginx by TLS',
      nginx,
      { httpGet: { port: 80, scheme: 'HTTPS' } },
      'Get "https://10.3.0.7:80/": http: server gave HTTP response to HTTPS client',
    ],
    [
      'a port of a sleeper',
      sleeper,
      { tcpSocket: { port: 8080 } },
      'dial tcp 10.3.0.7:8080: connect: connection refused',
    ],
    ['what nobody knows', own, { httpGet: { port: 8080, path: '/healthz' } }, undefined],
    [
      'a port by a name nobody bears',
      own,
      { httpGet: { port: 'http' } },
      'strconv.Atoi: parsing "http": invalid syntax',
    ],
    ['false', own, { exec: { command: ['false'] } }, ''],
    ['a code', own, { exec: { command: ['sh', '-c', 'echo ill; exit 3'] } }, 'ill\n'],
    [
      'what lasts too long',
      own,
      { exec: { command: ['sleep', '9'] }, timeoutSeconds: 2 },
      'command timed out: "sleep 9" timed out after 2s',
    ],
    ['a file that is there', tidy, cat, undefined],
    ['another', sleeper, cat, "cat: can't open '/tmp/healthy': No such file or directory\n"],
  ])('of %s', (_what, container, probe, words) => {
    expect(answerOf(container, probe, 5000, '10.3.0.7')?.words).toBe(words);
  });

  it('hears nothing of a program that has yet to come up', () => {
    const probe = { httpGet: { port: 8181, path: '/ready' } };
    const dns = { name: 'coredns', image: 'registry.test/tkestack/coredns:1.12.4' };
    expect(answerOf(dns, probe, 1000, '10.3.0.7')?.words).toBe(
      'Get "http://10.3.0.7:8181/ready": dial tcp 10.3.0.7:8181: connect: connection refused',
    );
    expect(answerOf(dns, probe, 11_000, '10.3.0.7')).toBeUndefined();
    const cni = { name: 'cni-server', image: 'registry.test/acp/kube-ovn:v1.13' };
    expect(answerOf(cni, { tcpSocket: { port: 10_665 } }, 1000, '10.3.0.7')?.words).toContain('refused');
    expect(answerOf(nginx, { httpGet: { port: 80 } }, 0, '10.3.0.7')).toBeUndefined();
  });

  it('hears that a file is gone', () => {
    expect(answerOf(tidy, cat, 29_000, '')).toBeUndefined();
    expect(answerOf(tidy, cat, 31_000, '')?.words).toContain('No such file');
  });
});

describe('a container', () => {
  const at = (container: Container, now: number) =>
    healthOf(container, { since: 0, startedAt: 3000, address: '10.3.0.7' }, now);

  it('is ready once enough answers in a row are good, and no more once enough are bad', () => {
    const probe = { ...cat, periodSeconds: 5, failureThreshold: 2, successThreshold: 2 };
    const container = { ...tidy, readinessProbe: probe };
    // It begins at 3 s, is asked at 4, 9, 14 ..., and the file goes at 33 s.
    const states = [3000, 4000, 8000, 9000, 34_000, 38_000, 39_000].map((now) => at(container, now).ready);
    expect(states).toEqual([false, false, false, true, true, true, false]);
    expect(at(container, 34_000).complaints).toMatchObject([{ kind: 'Readiness', turn: 6 }]);
  });

  it('is ended where it lives no more, and not before its time', () => {
    const container = { ...tidy, livenessProbe: { ...cat, periodSeconds: 5, initialDelaySeconds: 5 } };
    // Asked in the beat of its Pod: 10, 15 ... 35, 40, 45.
    expect(at(container, 44_000).killed).toBeUndefined();
    expect(at(container, 45_000).killed).toMatchObject({ at: 45_000, by: 'Liveness' });
    expect(at(container, 60_000).killed).toMatchObject({ at: 45_000 });
    // From then on nobody asks any more.
    expect(at(container, 60_000).complaints).toEqual(at(container, 45_000).complaints);
  });

  it('is asked for nothing else before it has started, and ended where it never does', () => {
    const never = {
      ...nginx,
      startupProbe: { tcpSocket: { port: 9 }, failureThreshold: 2 },
      livenessProbe: { exec: { command: ['false'] } },
    };
    expect(at(never, 15_000)).toMatchObject({
      started: false,
      ready: false,
      complaints: [{ kind: 'Startup', turn: 0 }],
    });
    expect(at(never, 20_000).killed).toMatchObject({ at: 20_000, by: 'Startup' });
    const once = { ...nginx, startupProbe: { tcpSocket: { port: 80 } }, readinessProbe: { tcpSocket: { port: 80 } } };
    expect([9000, 10_000, 11_000].map((now) => [at(once, now).started, at(once, now).ready])).toEqual([
      [false, false],
      [true, false],
      [true, true],
    ]);
  });

  it('that cannot be asked is not ended for it, and not ready', () => {
    const container = { ...own, readinessProbe: { httpGet: { port: 'x' } }, livenessProbe: { httpGet: { port: 'x' } } };
    expect(at(container, 600_000)).toMatchObject({ started: true, ready: false });
    expect(at(container, 600_000).killed).toBeUndefined();
  });

  it('that is well wakes nobody', () => {
    expect(at({ ...nginx, readinessProbe: { tcpSocket: { port: 80 } } }, 9000).next).toBeUndefined();
  });
});
