/** The plan of an upgrade as text, document and data, from a small fleet. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { matrixPath, readMatrix } from '../../src/app/matrix-file.ts';
import { planData } from '../../src/app/upgrade/plan-data.ts';
import { estimateText, planMarkdown, planText } from '../../src/app/upgrade/plan-text.ts';
import { planUpgrade } from '../../src/app/upgrade/planned.ts';
import { whereTo } from '../../src/app/upgrade/where-to.ts';
import { NOTHING_LEARNT } from '../../src/domain/durations/learnt.ts';
import { PUBLISHED } from '../../src/domain/matrix.ts';
import type { Known } from '../../src/guides/contract.ts';
import type { Transport } from '../../src/kube/types.ts';
import * as make from '../domain/fixtures.ts';
import { workerFleet } from '../operations/support/fleets.ts';
import { allLive, changed } from '../operations/support/world.ts';

const token = 'abcdef.0123456789abcdef';
const images = Object.fromEntries(PUBLISHED.map(({ kubernetes }) => [kubernetes, `registry/base:${kubernetes}`]));
const withPlane = changed(workerFleet(), 'KubeadmControlPlane', 'control-plane', ['spec', 'kubeadmConfigSpec'], {
  files: [{ path: '/etc/secret', content: `token: ${token}\n` }],
  clusterConfiguration: { dns: { imageTag: '1.12.4-v4.2.7' }, etcd: { local: { imageTag: 'v3.5.25' } } },
});
const raws = changed(withPlane, 'ConfigMap', 'elemental-image-catalog', ['data'], images);
const objects = changed(raws, 'KubeadmConfigTemplate', 'workers-bootstrap', ['spec'], {
  template: { spec: { files: [{ path: '/etc/secret', content: `token: ${token}\n` }] } },
});
const transport: Pick<Transport, 'json'> = {
  json: async <T>({ path }: { path: string }) =>
    objects.find((raw) => (raw['metadata'] as { name: string }).name === path.split('/').at(-1)) as T,
};
const { fleet } = make.fleetOf(...objects);
const known: Known = {
  ...{ fleet, freshness: allLive(), namespace: 'cpaas-system', now: make.T0, raw: new Map() },
  ...{ matrix: PUBLISHED, learnt: NOTHING_LEARNT },
};
const session = { context: 'prod|eu', cluster: '', host: 'h:6443', namespace: 'cpaas-system', demo: false };
const plan = async (to: string) => {
  const planned = await planUpgrade(known, { cluster: fleet.clusters.list[0]!, to }, transport);
  if (typeof planned === 'string') throw new Error(planned);
  return planned;
};

it('has every write with its command, hop upon hop, and no secret', async () => {
  const planned = await plan('v1.35.6-acp.1');
  const text = planMarkdown(planned, session);
  const commands = [...text.matchAll(/^kubectl .*$/gm)].map(([line]) => line.replace(/ --context \S+/, ''));
  expect(commands.map((line) => line.split(' ').slice(3, 6).join(' '))).toEqual([
    'patch kubeadmcontrolplanes.controlplane.cluster.x-k8s.io control-plane',
    'patch machinedeployments.cluster.x-k8s.io workers',
    'patch kubeadmcontrolplanes.controlplane.cluster.x-k8s.io control-plane',
    'create -f -',
    'patch machinedeployments.cluster.x-k8s.io workers',
  ]);
  expect(text).toContain('imagePullCredentialsVerificationPolicy');
  expect(text).toContain('| `spec.version` | `v1.34.5-3` | `v1.35.6-acp.1` |');
  expect(text).toContain('to be said: where the verified backup of etcd is');
  expect(text).not.toContain(token);
  expect(JSON.stringify(planData(planned, session, 1))).not.toContain(token);
});

it('is one story as text and as data', async () => {
  const planned = await plan('v1.34.5');
  const data = planData(planned, session, 1);
  expect(data).toMatchObject({
    schema: 'metaldeck.upgrade-plan/v1',
    from: 'v1.33.7-2',
    to: 'v1.34.5',
    already: false,
    pointOfNoReturn: { stage: 'v1.34.5/control-plane', crossed: false },
    estimate: { hosts: 6, guessed: true },
  });
  const text = planText(planned);
  // What several stages ask for is explained once.
  const backup = planned.course.stages
    .flatMap(({ gates }) => gates)
    .find(({ name }) => name.startsWith('etcd-backup'))!;
  const stages = planned.course.stages.slice(0, 2).map((stage) => ({ ...stage, gates: [backup] }));
  const twice = planText({ ...planned, course: { ...planned.course, stages } });
  expect(twice.match(/TO SAY {2}etcd backup of \S+: .*/g)).toEqual([
    'TO SAY  etcd backup of v1.33.7-2: nobody has said yet that one of v1.33.7-2 was taken and verified',
    'TO SAY  etcd backup of v1.33.7-2: as above',
  ]);
  expect(text).toContain('(a guess: nothing was learnt here yet)');
  const partly = {
    ...planned.course.estimate,
    rests: [
      { what: 'machine-running', count: 1 },
      { what: 'kube-ovn', count: 0 },
    ],
  } as const;
  expect(estimateText(partly)).toContain('(learnt: a machine that comes (1 seen); guessed: Kube-OVN)');
  for (const name of data.inTheWay) expect(text).toContain(name);
  expect(data.stages.map(({ id }) => id)).toEqual(
    ['catalog', 'kube-ovn', 'control-plane', 'workers/workers'].map((id) => `v1.34.5/${id}`),
  );
  expect(planText(await plan('v1.33.7-2'))).toContain('it is there already');
});

it('lists where the cluster can go for whoever names no target, or one that is none, and is silent of it otherwise', () => {
  const cluster = fleet.clusters.list[0]!;
  const { text, targets } = whereTo(known, cluster);
  expect(text).toMatch(/^From v1\.33\.7-2 \S+ can go to:\n {2}v1\.3/);
  expect(text).toMatch(/^ {2}v1\.34\.5 +v4\./m);
  expect(targets).toContainEqual(expect.objectContaining({ kubernetes: 'v1.34.5' }));
  expect(whereTo(known, cluster, 'v1.34.1')).toEqual({ text, targets });
  expect(whereTo(known, cluster, 'v1.34.5')).toEqual({ text: '', targets });
});

it("reads the user's rows, and says in one sentence what is wrong with them", () => {
  const folder = mkdtempSync(join(tmpdir(), 'metaldeck-matrix-'));
  const path = matrixPath({ XDG_CONFIG_HOME: folder });
  expect(path).toBe(join(folder, 'metaldeck', 'support-matrix.yaml'));
  expect(readMatrix(path)).toBe(PUBLISHED);
  const file = join(folder, 'rows.yaml');
  const read = (text: string) => {
    writeFileSync(file, text);
    return () => readMatrix(file);
  };
  expect(read('rows: [')).toThrow(/rows.yaml: it is not YAML: .*; nothing was done\.$/);
  expect(read('rows:\n  - acp: v1\n')).toThrow('row 1 lacks kubernetes; nothing was done.');
  expect(read('')()).toBe(PUBLISHED);
  expect(() => readMatrix(folder)).toThrow('cannot be read (EISDIR)');
});
