/** Somebody who doubts a cluster makes something run in it: the real kubectl, against a workload cluster of a simulation. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rows, type Simulation, startSimulation } from './kubectl.ts';

let sim: Simulation;
let kubeconfig: string;
beforeAll(async () => {
  sim = await startSimulation('--still', '--hosts', '8', '--pools', '1', '--seed', 'work', '--speed', '1000');
  const [name = ''] = (await sim.ok('-n cpaas-system get clusters -o jsonpath={.items[*].metadata.name}')).split(' ');
  const data = await sim.ok(`-n cpaas-system get secret ${name}-kubeconfig -o jsonpath={.data.value}`);
  kubeconfig = sim.file('workload', Buffer.from(data, 'base64').toString('utf8'));
});
afterAll(async () => {
  await sim?.stop();
});

const ok = (words: string | string[], input?: string) => sim.ok(words, { kubeconfig, input });
const words = (text: string) => text.trim().split(/\s+/).filter(Boolean);

it('rolls a Deployment out, on to the next image and back again', async () => {
  await ok('create deployment web --image=registry.test/web:1 --replicas=2');
  expect(await ok('rollout status deployment/web --timeout=60s')).toContain('successfully rolled out');
  await ok('set image deployment/web web=registry.test/web:2');
  expect(await ok('rollout status deployment/web --timeout=60s')).toContain('successfully rolled out');
  await ok('rollout undo deployment/web');
  await ok('rollout status deployment/web --timeout=60s');
  // The last ones of the other image are still to end.
  const images = 'get pods -l app=web -o jsonpath={.items[*].spec.containers[0].image}';
  await sim.until(images, (text) => words(text).join() === Array(2).fill('registry.test/web:1').join(), { kubeconfig });
  const revisions = rows(await ok('rollout history deployment/web')).flatMap(([first]) =>
    /^\d+$/.test(first ?? '') ? [first] : [],
  );
  expect(revisions).toEqual(['2', '3']);
  expect(
    rows(await ok('get rs -l app=web'))
      .map(([, wanted]) => wanted)
      .sort(),
  ).toEqual(['0', '2']);
  expect(await ok('describe deployment web')).toMatch(/Scaled up replica set web-\w+ from 0 to 2/);
}, 120_000);

it('runs a Job to its end, whose words can be read', async () => {
  await ok(['create', 'job', 'hello', '--image=busybox', '--', 'sh', '-c', 'echo good night; sleep 1']);
  await ok('wait --for=condition=complete job/hello --timeout=60s');
  expect(await ok('logs job/hello')).toBe('good night\n');
  expect(rows(await ok('get job hello'))[0]?.slice(0, 3)).toEqual(['hello', 'Complete', '1/1']);
}, 90_000);

it('restarts what the cluster brings, and sets the image of what runs everywhere', async () => {
  await ok('-n kube-system rollout restart deployment/coredns');
  expect(await ok('-n kube-system rollout status deployment/coredns --timeout=60s')).toContain('successfully');
  await ok('-n kube-system set image daemonset/alive alive=registry.test/alive:2');
  expect(await ok('-n kube-system rollout status daemonset/alive --timeout=60s')).toContain('successfully');
  await ok('-n kube-system rollout undo daemonset/alive');
  expect(await ok('-n kube-system rollout status daemonset/alive --timeout=60s')).toContain('successfully');
  await sim.ok('-n cpaas-system rollout restart deployment/elemental-operator');
  expect(await sim.ok('-n cpaas-system rollout status deployment/elemental-operator --timeout=60s')).toContain(
    'successfully',
  );
}, 120_000);

it('says why an image is not there, and lets what was deleted end', async () => {
  await ok('run bad --image=nginx:doesnotexist');
  const reason = '{.status.containerStatuses[0].state.waiting.reason}';
  await sim.until(`get pod bad -o jsonpath=${reason}`, (text) => text === 'ImagePullBackOff', { kubeconfig });
  const answer = await sim.run('logs bad', { kubeconfig });
  expect(answer.stderr).toContain('is waiting to start: trying and failing to pull image');
  await ok(['run', 'deaf', '--image=busybox', '--', 'sleep', '3600']);
  await ok('wait --for=condition=ready pod/deaf --timeout=60s');
  await ok('delete pod deaf --grace-period=4 --wait=false');
  expect(rows(await ok('get pod deaf'))[0]?.[2]).toBe('Terminating');
  await ok('wait --for=delete pod/deaf --timeout=30s');
  await ok('delete pod bad --force --grace-period=0');
}, 120_000);

it('drains a Node as far as a budget lets it', async () => {
  await ok('create deployment api --image=registry.test/api:1 --replicas=2');
  await ok('create poddisruptionbudget api --selector=app=api --min-available=1');
  await ok('rollout status deployment/api --timeout=60s');
  const [node = ''] = words(await ok('get pods -l app=api -o jsonpath={.items[*].spec.nodeName}'));
  await ok(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=60s']);
  await ok('rollout status deployment/api --timeout=60s');
  expect(words(await ok('get pods -l app=api -o jsonpath={.items[*].spec.nodeName}'))).not.toContain(node);
  await ok(['uncordon', node]);
}, 120_000);

it('applies what is so already and changes nothing, then one container, and takes out what is left out', async () => {
  const manifest = (image: string, env = 'A') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: applied}
spec:
  selector: {matchLabels: {app: applied}}
  template:
    metadata: {labels: {app: applied}}
    spec:
      containers:
      - {name: web, image: "${image}", env: [{name: ${env}, value: "1"}], ports: [{containerPort: 80}]}
      - {name: side, image: "registry.test/side:1"}
---
apiVersion: v1
kind: Service
metadata: {name: applied}
spec: {selector: {app: applied}, ports: [{port: 80, name: http}, {port: 443, name: https}]}
`;
  const says = (verb: string) => `deployment.apps/applied ${verb}\nservice/applied `;
  expect(await ok('apply -f -', manifest('registry.test/web:1'))).toBe(`${says('created')}created\n`);
  expect(await ok('apply -f -', manifest('registry.test/web:1'))).toBe(`${says('unchanged')}unchanged\n`);
  expect(await ok('apply -f -', manifest('registry.test/web:2', 'B'))).toBe(`${says('configured')}unchanged\n`);
  const path = '{range .spec.template.spec.containers[*]}{.image} {.env[*].name} {.ports[*].protocol};{end}';
  expect(await ok(['get', 'deploy', 'applied', '-o', `jsonpath=${path}`])).toBe(
    'registry.test/web:2 B TCP;registry.test/side:1  ;',
  );
  expect((await sim.run('diff -f -', { kubeconfig, input: manifest('registry.test/web:2', 'B') })).code).toBe(0);
  const changed = await sim.run('diff -f -', { kubeconfig, input: manifest('registry.test/web:3', 'B') });
  expect([changed.code, changed.stdout.match(/^[+-] .*image.*$/gm)]).toEqual([
    1,
    ['-      - image: registry.test/web:2', '+      - image: registry.test/web:3'].map((line) =>
      expect.stringContaining(line.slice(10)),
    ),
  ]);
}, 120_000);
