/** All Nodes are there and Ready; their kubelets are not too old. From the workload cluster itself where it can be asked. */
import { kubectlIn } from '../../../domain/explain/steps.ts';
import type { MachineRow } from '../../../domain/fleet/rows.ts';
import { minorOf } from '../../../domain/forecast/versions.ts';
import { cordonedSince, isLive, isReady, reachOf, readyOf, readyWord } from '../../../domain/workload.ts';
import { isUp } from '../../../operations/progress.ts';
import { machinesIn } from '../route.ts';
import { few, machineSays, not, open, type Rule, type View } from './gate.ts';

const NAME = 'nodes-ready';

/** Machines of groups that nothing is being done to. */
function resting({ known, route, busy }: View): MachineRow[] {
  return [route.plane, ...route.workers]
    .filter(({ uid }) => !busy.has(uid))
    .flatMap((group) => machinesIn(known, group));
}

export const nodesReady: Rule = (view) => {
  const { known, route } = view;
  const workload = known.fleet.workloads.get(route.cluster.name);
  const rows = resting(view);
  const title = 'all Nodes Ready';
  const remedy = {
    text: 'bring the Nodes back first, or replace their machines',
    command: kubectlIn(route.cluster.object, 'get', 'nodes'),
  };
  if (isLive(workload, 'node')) {
    const moving = new Set(
      known.fleet.machines.list.filter(({ groupUid }) => view.busy.has(groupUid ?? '')).map(({ node }) => node),
    );
    const bad = workload.nodes.filter((node) => !isReady(node) && !moving.has(node.name));
    const lost = rows.filter(({ nodeObject, machine }) => nodeObject === undefined && machine?.deleting === undefined);
    if (bad.length + lost.length > 0) {
      const figure = `${few([...bad.map((node) => `${node.name} is ${readyWord(node)}`), ...lost.map(({ name }) => `${name} has none`)])}`;
      const evidence = [
        ...bad.map((node) => {
          const ready = readyOf(node);
          return {
            of: `Node ${node.name}`,
            says: [`Ready ${ready?.status ?? 'is not there'}`, ready?.reason, ready?.message].filter(Boolean).join(' '),
            ...(ready?.since === undefined ? {} : { at: ready.since }),
          };
        }),
        ...lost.map((row) => machineSays(row, row.problem?.text ?? row.waiting ?? 'no Node', row.since)),
      ];
      const [first] = lost;
      // Which of its Nodes says what only the cluster knows; what a machine waits for, explain does.
      const why = first
        ? { ...remedy, text: `${remedy.text}; metaldeck explain machine ${first.name} tells why` }
        : remedy;
      return [not('block', NAME, title, figure, why, { evidence })];
    }
    const cordoned = workload.nodes.filter(({ unschedulable, name }) => unschedulable && !moving.has(name));
    if (cordoned.length > 0) {
      const names = cordoned.map(({ name }) => name);
      const evidence = cordoned.map((node) => {
        const at = cordonedSince(node);
        return { of: `Node ${node.name}`, says: 'it is cordoned', ...(at === undefined ? {} : { at }) };
      });
      return [
        not(
          'warn',
          NAME,
          title,
          `${workload.nodes.length} are; cordoned: ${few(names)}`,
          { text: 'what is drained from other Nodes finds less room' },
          { evidence },
        ),
      ];
    }
    return [open(NAME, title, `${workload.nodes.length} of ${workload.nodes.length}`)];
  }
  const { word, why } = reachOf(workload, 'node');
  const ill = rows.filter((row) => !isUp(row) || row.problem?.severity === 'bad');
  if (ill.length > 0) {
    const evidence = ill.map((row) => machineSays(row, row.problem?.text ?? row.waiting ?? row.phase, row.since));
    return [
      not(
        'block',
        NAME,
        title,
        few(ill.map((row) => `${row.name}: ${row.problem?.text ?? row.waiting ?? row.phase}`)),
        remedy,
        { evidence, secondHand: true },
      ),
    ];
  }
  const figure = `the Machines say so; the cluster itself: ${word}`;
  const evidence = [{ of: `Cluster ${route.cluster.name}`, says: [word, why].filter(Boolean).join(': ') }];
  return [
    not(
      'warn',
      NAME,
      title,
      figure,
      { text: 'look at the Nodes yourself', command: kubectlIn(route.cluster.object, 'get', 'nodes') },
      { evidence, secondHand: true },
    ),
  ];
};

/** The oldest kubelet three minors below its API server, at most (Kubernetes version skew policy). */
export const versionSkew: Rule = (view) => {
  const { stage, known, route } = view;
  if (stage?.sort !== 'control-plane') return [];
  const target = stage.hop.row.kubernetes;
  const name = `version-skew/${target}`;
  const most = minorOf(target)?.minor ?? 0;
  const old = route.workers.flatMap((group) =>
    machinesIn(known, group).flatMap((row) => {
      const version = row.nodeObject?.kubeletVersion ?? row.nodeVersion ?? row.version;
      const minor = minorOf(version)?.minor;
      return minor === undefined || most - minor > 3 ? [{ row, version: version ?? 'no known version' }] : [];
    }),
  );
  const title = 'version skew';
  if (old.length === 0) return [open(name, title, `all kubelets are within three minors of ${target}`)];
  const evidence = old.map(({ row, version }) => machineSays(row, `kubelet ${version}`));
  const remedy = { text: 'bring the workers up to the present control plane first' };
  return [
    not('block', name, title, few(old.map(({ row, version }) => `${row.name} ${version}`)), remedy, {
      evidence,
      override: 'never',
    }),
  ];
};
