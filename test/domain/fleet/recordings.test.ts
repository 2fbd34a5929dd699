import { describe, expect, it } from 'vitest';
import { createFleet } from '../../../src/domain/fleet/index.ts';
import type { Fleet } from '../../../src/domain/fleet/rows.ts';
import type { Kind } from '../../../src/domain/kinds.ts';
import { type CapiVersion, recording } from '../recording.ts';

/** The recordings hold Cluster API's objects and BaremetalMachines: of nothing else may an absence be stated. */
const RECORDED: ReadonlySet<Kind> = new Set<Kind>([
  'cluster',
  'deployment',
  'controlPlane',
  'machineSet',
  'machine',
  'baremetalMachine',
]);

interface Moment {
  at: string;
  /** What was last done to the cluster. */
  story: string;
  fleet: Fleet;
}

/** The fleet after every single change. */
function* play(version: CapiVersion): Generator<Moment> {
  const index = createFleet();
  index.setComplete(new Set());
  let story = '';
  for (const entry of recording(version)) {
    if ('story' in entry) {
      yield { at: entry.at, story, fleet: index.snapshot() };
      story = entry.story;
    } else {
      if (!entry.listed) index.setComplete(RECORDED);
      index.apply([entry.change]);
      yield { at: entry.at, story, fleet: index.snapshot() };
    }
  }
}

const VERSIONS: readonly CapiVersion[] = ['v1beta1', 'v1beta2'];
const moments = Object.fromEntries(VERSIONS.map((version) => [version, [...play(version)]])) as Record<
  CapiVersion,
  Moment[]
>;

const during = (version: CapiVersion, story: RegExp) => moments[version].filter((moment) => story.test(moment.story));
const endOf = (version: CapiVersion, story: RegExp) => {
  const last = during(version, story).at(-1);
  if (!last) throw new Error(`no such story: ${story}`);
  return last.fleet;
};
const group = (fleet: Fleet, name: string) => fleet.groups.list.find((row) => row.name === name);

/** What the rows say, without the names that differ from run to run. */
function said(fleet: Fleet) {
  return {
    groups: fleet.groups.list.map(
      ({ name, replicas, version, rolling, done, paused, waiting, problem, infraTemplate }) => ({
        name,
        replicas,
        version,
        rolling,
        done,
        paused,
        waiting,
        problem: problem?.text,
        infraTemplate: infraTemplate?.replace(/-2$/, ''),
      }),
    ),
    machines: fleet.machines.list
      .map(({ phase, version, controlPlane, group: of, waiting, deleting, nodeVersion, problem }) => ({
        phase,
        version,
        controlPlane,
        of,
        waiting,
        deleting,
        nodeVersion,
        problem: problem?.text,
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    clusters: fleet.clusters.list.map(({ name, phase, version, workers, controlPlane, paused, waiting, problem }) => ({
      name,
      phase,
      version,
      workers,
      controlPlane,
      paused,
      waiting,
      problem: problem?.text,
    })),
    attention: fleet.attention.map(({ text, severity }) => ({ text, severity })),
    counters: fleet.counters,
  };
}

describe('the recorded stories', () => {
  it.each([
    ['replacement', /^delete machine .*replace/],
    ['template swap', /^swap prod-workers/],
  ])('look the same in both API versions after the %s', (_, story) => {
    expect(said(endOf('v1beta2', story))).toEqual(said(endOf('v1beta1', story)));
  });

  it('look the same after the upgrades of control plane and workers', () => {
    const stories = /^(upgrade KubeadmControlPlane|scale back to 3, upgrade prod-workers|worker upgrade done)/;
    const fleet = endOf('v1beta1', stories);
    expect(said(endOf('v1beta2', stories))).toEqual(said(fleet));
    expect(fleet.groups.list.map(({ done, version }) => [done, version])).toEqual([
      [true, 'v1.34.5'],
      [true, 'v1.34.5'],
    ]);
    expect(fleet.machines.list.map(({ version, phase }) => `${version} ${phase}`)).toEqual(
      Array(6).fill('v1.34.5 Running'),
    );
    expect(fleet.clusters.list[0]).toMatchObject({
      version: 'v1.34.5',
      workers: { desired: 3, ready: 3 },
      phase: 'Provisioned',
    });
  });

  it.each(['v1beta1', 'v1beta2'] as const)(
    'of %s: workers agree after the targeted removal and the scale-up',
    (version) => {
      expect(group(endOf(version, /^annotate/), 'prod-workers')).toMatchObject({
        done: true,
        replicas: { desired: 2, current: 2, upToDate: 2, ready: 2, available: 2 },
      });
      expect(group(endOf(version, /^scale prod-workers 2 to 3/), 'prod-workers')).toMatchObject({
        done: true,
        replicas: { desired: 3, current: 3, upToDate: 3, ready: 3, available: 3 },
      });
    },
  );

  it.each(['v1beta1', 'v1beta2'] as const)(
    'of %s: the control plane is rolling from the first change of its upgrade to the last',
    (version) => {
      const rows = during(version, /^upgrade KubeadmControlPlane/).flatMap(
        ({ fleet }) => group(fleet, 'prod-control-plane') ?? [],
      );
      const first = rows.findIndex(({ done }) => !done);
      const steps = new Set(
        rows.slice(first).map(({ waiting }) => waiting?.replace(/prod-control-plane-\w{5}\b/g, 'X')),
      );
      expect(steps).toContain('rolling out, 0 of 3: pre-terminate hook kcp-cleanup');
      expect(steps).toContain('rolling out, 0 of 3: clean plan on inv-X');
      expect(steps).toContain('rolling out, 0 of 3: host in pool prod-control-plane-pool');
      expect(steps).toContain('rolling out, 1 of 3: reprovision plan on inv-X');
      expect(rows.slice(first).some(({ waiting }) => waiting?.startsWith('rolling out, 2 of 3'))).toBe(true);
    },
  );

  it.each(['v1beta1', 'v1beta2'] as const)(
    'of %s: a failed preflight is told though the deployment claims to be well',
    (version) => {
      const refused = during(version, /scale prod-workers \(v1\.33\.7-2\) 3 to 4/)
        .map(({ fleet }) => group(fleet, 'prod-workers'))
        .filter((row) => row?.problem !== undefined);
      expect(refused.at(-1)).toMatchObject({
        problem: {
          severity: 'bad',
          text: 'preflight refuses new machines: its version is another minor than the control plane (KubeadmVersionSkew)',
        },
        waiting: 'scaling up, 3 to 4',
        done: false,
      });
      expect(refused.at(-1)?.object.conditions.find(({ type }) => type === 'Available')?.status).toBe('True');
      const last = during(version, /scale prod-workers \(v1\.33\.7-2\) 3 to 4/).at(-1)!;
      expect(last.fleet.attention).toMatchObject([
        { severity: 'bad', ref: { kind: 'deployment', name: 'prod-workers' } },
      ]);
    },
  );

  it('names the pods while a drain hangs, and the group is not done although its figures are full', () => {
    const hung = during('v1beta1', /drain hangs$/).at(-1)!.fleet;
    const machine = hung.machines.list.find(({ deleting }) => deleting);
    expect(machine).toMatchObject({ phase: 'Deleting', controlPlane: true });
    expect(machine?.waiting).toMatch(/^drain: pods kube-system\/etcd-inv-prod-control-plane-6c9l7/);
    expect(group(hung, 'prod-control-plane')).toMatchObject({ replicas: { desired: 3, ready: 3 }, done: false });
    expect(group(hung, 'prod-control-plane')?.waiting).toMatch(/^1 machine going: drain: pods/);
  });

  it('says that a paused cluster is paused, and that its group waits for that', () => {
    const paused = during('v1beta1', /^pause the Cluster/).filter(({ fleet }) => fleet.clusters.list[0]?.paused);
    expect(paused.at(-1)?.fleet.clusters.list[0]?.problem).toMatchObject({
      severity: 'warn',
      text: 'paused: nothing of it is reconciled',
    });
    expect(group(paused.at(-1)!.fleet, 'prod-workers')).toMatchObject({
      paused: true,
      waiting: 'controllers to see the change; paused',
    });
    expect(endOf('v1beta1', /^pause the Cluster/).attention).toEqual([]);
  });

  it.each(VERSIONS)('of %s: calls nothing a problem that is only under way', (version) => {
    const told = new Set(
      moments[version].flatMap(({ fleet }) =>
        fleet.attention.map(({ severity, ref, text }) => `${severity} ${ref.kind} ${text}`),
      ),
    );
    const expected = [
      'warn machine marked delete-machine: the next scale-down takes it',
      'bad deployment preflight refuses new machines: its version is another minor than the control plane (KubeadmVersionSkew)',
    ];
    // The stand-in's nodes lacked kubeadm's taint for a while, which only v1beta2 controllers check.
    const missingTaint = /^bad controlPlane 0 of 3 ready: NodeKubeadmLabelsAndTaintsSet: Node inv-/;
    const besides =
      version === 'v1beta1'
        ? [
            'warn cluster paused: nothing of it is reconciled',
            // Between its control plane's upgrade and its own.
            'warn deployment no machine can be made: v1.33.7-2 cannot join v1.34.5',
          ]
        : [
            'bad deployment preflight refuses new machines: the control plane moves (ControlPlaneIsStable), its version is another minor than the control plane (KubeadmVersionSkew)',
          ];
    expect([...told].filter((line) => !missingTaint.test(line)).sort()).toEqual([...expected, ...besides].sort());
  });

  it.each(VERSIONS)('of %s: keeps rows of every object and no others', (version) => {
    const { fleet } = moments[version].at(-1)!;
    expect(
      fleet.machines.list.every(({ machine, baremetal }) => machine !== undefined && baremetal !== undefined),
    ).toBe(true);
    expect(fleet.events.list.length).toBeGreaterThan(50);
    const times = fleet.events.list.map(({ lastSeen }) => lastSeen ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});
