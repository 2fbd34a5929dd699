/** Which version well-known images say that they are. */
import { expect, it } from 'vitest';
import type { WorkPod } from '../../../src/simulator/controllers/kubernetes/shapes.ts';
import { imageLog } from '../../../src/simulator/workload/image-logs.ts';

const since = Date.parse('2026-11-21T02:00:00Z');

it.each([
  ['nginx:1.27', 'nginx/1.27.5'],
  ['docker.io/library/nginx:1.27-alpine', 'nginx/1.27.5'],
  ['nginx:1.25.3', 'nginx/1.25.3'],
  ['nginx', 'nginx/1.29.3'],
  ['registry.example:5000/nginx', 'nginx/1.29.3'],
  ['nginx:1', 'nginx/1.29.3'],
  ['nginx:stable-alpine', 'nginx/1.28.0'],
  ['nginx:1.27@sha256:0000', 'nginx/1.27.5'],
  ['redis:7', 'Redis version=7.4.6,'],
  ['redis:7.2-alpine', 'Redis version=7.2.11,'],
  ['httpd:2.4', 'Apache/2.4.65 '],
])('a tag that names a branch is the last of it: %s', (image, words) => {
  const container = { name: 'web', image };
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default' } },
    ...{ spec: { containers: [container] }, status: {} },
  } as unknown as WorkPod;
  const text = imageLog({ pod, container, since, until: since + 60_000 }).map((line) => line.text);
  expect(text.join('\n')).toContain(words);
});
