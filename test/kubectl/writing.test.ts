/** What kubectl writes, in every way it can write, and what it is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientVersion, manifest, type Simulation, startSimulation } from './kubectl.ts';

let sim: Simulation;
let minor = 0;
beforeAll(async () => {
  sim = await startSimulation('--still', '--hosts', '12', '--seed', 'writing', '--speed', '100');
  [, minor] = await clientVersion(sim);
});
afterAll(async () => {
  await sim?.stop();
});

const ns = ['-n', 'cpaas-system'];
const run = (words: string, input?: string) => sim.run([...ns, ...words.split(' ')], { input });
const ok = (words: string, input?: string) => sim.ok([...ns, ...words.split(' ')], { input });
const pool = (name: string, ...members: string[]) =>
  JSON.stringify({
    apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
    kind: 'MachineInventoryPool',
    metadata: { name, namespace: 'cpaas-system' },
    spec: { clusterName: 'sim', machineInventories: members.map((one) => ({ name: one })) },
  });
const members = async (name: string) => ok(`get mip ${name} -o jsonpath={.spec.machineInventories[*].name}`);

describe('kubectl', () => {
  it('creates, and not twice', async () => {
    expect(await ok('create -f -', pool('made', 'a'))).toBe(
      'machineinventorypool.infrastructure.cluster.x-k8s.io/made created\n',
    );
    const again = await run('create -f -', pool('made', 'a'));
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('AlreadyExists');
    expect(await ok('create configmap notes --from-literal=a=b')).toBe('configmap/notes created\n');
    expect(await ok('create secret generic hidden --from-literal=a=b')).toBe('secret/hidden created\n');
  });

  it('applies: made, unchanged, changed, and what was taken out goes', async () => {
    const name = 'machineinventorypool.infrastructure.cluster.x-k8s.io/applied';
    expect(await ok('apply -f -', pool('applied', 'a', 'b'))).toBe(`${name} created\n`);
    expect(await ok('apply -f -', pool('applied', 'a', 'b'))).toBe(`${name} unchanged\n`);
    expect(await ok('apply -f -', pool('applied', 'a'))).toBe(`${name} configured\n`);
    expect(await members('applied')).toBe('a');
  });

  it('applies on the server, and conflicts are told', async () => {
    await ok('apply --server-side --field-manager=one -f -', pool('shared', 'a'));
    const conflict = await run('apply --server-side --field-manager=two -f -', pool('shared', 'b'));
    expect(conflict.code).toBe(1);
    expect(conflict.stderr).toContain('conflict');
    expect(conflict.stderr).toContain('"one"');
    await ok('apply --server-side --field-manager=two --force-conflicts -f -', pool('shared', 'b'));
    expect(await members('shared')).toBe('b');
  });

  it('tries on the server without doing it', async () => {
    expect(await ok('apply --dry-run=server -f -', pool('tried', 'a'))).toContain('created (server dry run)');
    expect((await run('get mip tried')).code).toBe(1);
    expect(await ok('delete mip made --dry-run=server')).toContain('server dry run');
    expect(await members('made')).toBe('a');
  });

  it('shows differences', async () => {
    expect((await run('diff -f -', pool('applied', 'a'))).code).toBe(0);
    const changed = await run('diff -f -', pool('applied', 'a', 'z'));
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(/^\+ *- name: z$/m);
  });

  it('patches, and a test that fails changes nothing', async () => {
    const json = (patch: unknown) => ['--type=json', '-p', JSON.stringify(patch)];
    const patch = (kind: string, args: string[]) => sim.run([...ns, 'patch', ...kind.split(' '), ...args]);
    const add = [{ op: 'add', path: '/spec/machineInventories/-', value: { name: 'c' } }];
    expect((await patch('mip applied', json(add))).code).toBe(0);
    expect(await members('applied')).toBe('a c');
    const guarded = [
      { op: 'test', path: '/spec/clusterName', value: 'other' },
      { op: 'replace', path: '/spec/clusterName', value: 'x' },
    ];
    const refused = await patch('mip applied', json(guarded));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/invalid/i);
    const stale = [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }, ...add];
    expect((await patch('mip applied', json(stale))).code).toBe(1);
    expect(await members('applied')).toBe('a c');
    const merge = JSON.stringify({ spec: { machineInventories: [{ name: 'only' }] } });
    expect((await patch('mip applied', ['--type=merge', '-p', merge])).stdout).toContain('patched');
    expect(await members('applied')).toBe('only');
    const old = JSON.stringify({ metadata: { resourceVersion: '1' }, spec: { clusterName: 'x' } });
    expect((await patch('mip applied', ['--type=merge', '-p', old])).stderr).toContain('modified');
    const strategic = await patch('mip applied', ['--type=strategic', '-p', merge]);
    expect(strategic.stderr).toMatch(/strategic merge patch|not supported|UnsupportedMediaType/i);
    const number = await patch('md prod-workers', ['--type=merge', '-p', '{"spec":{"replicas":"many"}}']);
    expect(number.code).toBe(1);
    expect(number.stderr).toContain('spec.replicas');
  });

  it('edits', async () => {
    const editor = sim.file('editor', '#!/bin/sh\nsed -i "s/name: only/name: edited/" "$1"\n');
    const edited = await sim.ok([...ns, 'edit', 'mip', 'applied'], { env: { EDITOR: editor, KUBE_EDITOR: editor } });
    expect(edited).toContain('edited');
    expect(await members('applied')).toBe('edited');
  });

  it('annotates and labels, and takes them away again', async () => {
    await ok('annotate mip applied cluster.x-k8s.io/delete-machine=true');
    expect(await ok('get mip applied -o jsonpath={.metadata.annotations}')).toContain('delete-machine');
    expect((await run('annotate mip applied cluster.x-k8s.io/delete-machine=false')).code).toBe(1);
    await ok('annotate --overwrite mip applied cluster.x-k8s.io/delete-machine=false');
    await ok('annotate mip applied cluster.x-k8s.io/delete-machine-');
    expect(await ok('get mip applied -o jsonpath={.metadata.annotations}')).not.toContain('delete-machine');
    await ok('label mip applied rack=r1');
    expect(await ok('get mip -l rack=r1 -o name')).toContain('/applied');
    await ok('label mip applied rack-');
  });

  it('replaces', async () => {
    const whole = JSON.parse(await ok('get mip applied -o json')) as { spec: { clusterName: string } };
    whole.spec.clusterName = 'replaced';
    await ok('replace -f -', JSON.stringify(whole));
    expect(await ok('get mip applied -o jsonpath={.spec.clusterName}')).toBe('replaced');
    expect((await run('replace -f -', JSON.stringify(whole))).stderr).toContain('Conflict');
  });

  it('scales, with a guard if it wants one', async () => {
    const before = Number(await ok('get md prod-workers -o jsonpath={.spec.replicas}'));
    const guarded = await run(`scale md prod-workers --current-replicas=${before + 5} --replicas=${before}`);
    expect(guarded.code).toBe(1);
    expect(guarded.stderr).toContain('Expected replicas to be');
    expect(await ok(`scale md prod-workers --current-replicas=${before} --replicas=${before}`)).toContain('scaled');
  });

  it('waits', async () => {
    await ok('wait cluster prod --for=condition=Ready --timeout=30s');
    const late = await run('wait cluster prod --for=condition=Nonsense --timeout=1s');
    expect(late.code).toBe(1);
    expect(late.stderr).toContain('timed out');
    // Older ones know conditions and deletions only.
    if (minor >= 23) await ok('wait md prod-workers --for=jsonpath={.status.phase}=Running --timeout=30s');
  });

  it('deletes, waiting or not, and cascades', async () => {
    expect(await ok('delete mip made')).toContain('deleted');
    expect((await run('get mip made')).code).toBe(1);
    await ok('delete mip applied shared --wait=false');
    await ok('wait --for=delete mip/applied --timeout=30s').catch((error: unknown) => {
      // Of what is gone before it is looked at, older ones say that it is not there.
      if (!String(error).includes('not found') && !String(error).includes('no matching resources')) throw error;
    });
    expect((await run('delete mip applied')).stderr).toContain('not found');
    expect(await ok('delete mip applied --ignore-not-found')).toBe('');
    const owner = JSON.parse(await ok('create configmap owner -o json')) as { metadata: { uid: string } };
    const owned = (name: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name,
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid }],
        },
      });
    await ok('create -f -', owned('child'));
    await ok('delete configmap owner --cascade=orphan');
    expect(await ok('get configmap child -o name')).toBe('configmap/child\n');
  });

  it('is told what is wrong with a manifest', async () => {
    const { code, stderr } = await run(
      'apply --validate=false -f -',
      pool('bad').replace('"clusterName":"sim"', '"clusterName":7'),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('spec.clusterName');
    const values = {
      'cluster-name': 'bad',
      'kubernetes-version': 'v1.33.7-2',
      'dns-image-tag': 'x',
      'etcd-image-tag': 'x',
      'kube-ovn-version': 'x',
    };
    const missing = manifest('03-cluster.yaml', values).replace(/port: 6443\n/, '\n');
    expect((await run('apply --dry-run=server --validate=false -f -', missing)).stderr).toContain(
      'spec.controlPlaneLoadBalancer.port',
    );
    expect((await run('apply -f -', 'kind: Nonsense\napiVersion: v9\nmetadata: {name: x}')).stderr).toMatch(
      /no matches for kind "Nonsense"/,
    );
  });
});
