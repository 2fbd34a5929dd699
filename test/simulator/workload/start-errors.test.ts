/** Containers that cannot even begin, and those of which nobody can say that. */
import { expect, it } from 'vitest';
import { startError } from '../../../src/simulator/controllers/kubernetes/start-errors.ts';

const words = (image: string, program: string, more: object = {}) =>
  startError({ name: 'c', image, command: [program], ...more });

it('what lies straight below the root of an official image is known: nothing that could be run', () => {
  const why = /exec: "\/nosuch": stat \/nosuch: no such file or directory: unknown$/;
  expect(words('busybox', '/nosuch')).toMatch(why);
  expect(words('docker.io/library/nginx:1.27', '/nosuch')).toMatch(why);
});

it.each([
  ['an image of somebody', 'registry.dc1.example/own/nginx', '/app', {}],
  ['a program that may be deeper', 'nginx', '/opt/app/run', {}],
  ['what an image begins with', 'nginx', '/docker-entrypoint.sh', {}],
  ['its own program', 'memcached:1.6', 'memcached', {}],
  ['what begins its own', 'httpd:2.4', 'httpd-foreground', {}],
  ['a directory', 'busybox', '/etc', {}],
  ['a program with its path', 'busybox', '/bin/sleep', {}],
  ['what is mounted there', 'busybox', '/nosuch', { volumeMounts: [{ name: 'v', mountPath: '/nosuch' }] }],
])('begins as far as can be said: %s', (_what, image, program, more) => {
  expect(words(image, program, more)).toBeUndefined();
});
