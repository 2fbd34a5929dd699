/** The kinds a workload cluster's API serves, with the columns `kubectl get` shows of them. */

import { ageOf } from '../api/kinds/age.ts';
import { builtIn } from '../api/kinds/built-in.ts';
import { type Column, customColumns } from '../api/kinds/columns.ts';
import { extensionKinds } from '../api/kinds/extension-kinds.ts';
import { addressKinds, dynamicKinds } from '../api/kinds/later-kinds.ts';
import { ordinaryKinds } from '../api/kinds/ordinary-kinds.ts';
import { WORK_COLUMNS } from '../api/kinds/work-columns.ts';
import { type Resource, servedResources } from '../api/resources.ts';
import { isRecord, type KubeObject } from '../api/types.ts';
import { ovnKinds } from './kube-ovn/kinds.ts';
import { containers, rolesOf, stateOf } from './summary.ts';

type Cell = Column['cell'];

const column = (name: string, description: string, cell: Cell, wide = false): Column => ({
  name,
  type: 'string',
  format: name === 'Name' ? 'name' : '',
  description,
  priority: wide ? 1 : 0,
  cell,
});

/** Reads a field by its path; undefined where it is not there. */
function at(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) found = isRecord(found) ? found[key] : undefined;
  return found;
}

const whole = (name: string, description: string, cell: Cell): Column => ({
  ...column(name, description, cell),
  type: 'integer',
});

const none = '<none>';
const text = (...path: string[]): Cell => {
  return (object) => {
    const value = at(object, ...path);
    return typeof value === 'string' && value !== '' ? value : none;
  };
};
const number = (...path: string[]): Cell => {
  return (object) => {
    const value = at(object, ...path);
    return typeof value === 'number' ? value : 0;
  };
};
const images = (object: KubeObject): string =>
  containers(at(object, 'spec', 'template', 'spec'))
    .map(({ image }) => image)
    .join(',');
const names = (object: KubeObject): string =>
  containers(at(object, 'spec', 'template', 'spec'))
    .map(({ name }) => name)
    .join(',');
const pairs = (value: unknown): string =>
  isRecord(value) && Object.keys(value).length > 0
    ? Object.entries(value)
        .map(([key, one]) => `${key}=${String(one)}`)
        .join(',')
    : none;
const address = (type: string): Cell => {
  return (node) => {
    const list = at(node, 'status', 'addresses');
    const found = Array.isArray(list) ? list.find((one) => at(one, 'type') === type) : undefined;
    return String(at(found, 'address') ?? none);
  };
};

const NAME = column('Name', 'The name of the object.', (object) => object.metadata.name);
const AGE = column('Age', 'Time since the object was created.', ({ metadata }, now) =>
  metadata.creationTimestamp ? ageOf(metadata.creationTimestamp, now) : '<unknown>',
);
const workloadColumns = [
  column('Containers', 'The names of the containers.', names, true),
  column('Images', 'The images of the containers.', images, true),
  column('Selector', 'Which Pods it means.', (o) => pairs(at(o, 'spec', 'selector', 'matchLabels')), true),
];

/** As kubectl's server-side printers of each kind (k8s.io/kubernetes/pkg/printers/internalversion). */
const COLUMNS: Record<string, Column[]> = {
  nodes: [
    NAME,
    column('Status', 'Whether it is ready, and for new Pods.', stateOf),
    column('Roles', 'What its labels say it is for.', (node) => rolesOf(node).join(',') || none),
    AGE,
    column('Version', 'Of its kubelet.', text('status', 'nodeInfo', 'kubeletVersion')),
    column('Internal-IP', 'Its address inside.', address('InternalIP'), true),
    column('External-IP', 'Its address outside.', address('ExternalIP'), true),
    column('OS-Image', 'Its operating system.', text('status', 'nodeInfo', 'osImage'), true),
    column('Kernel-Version', 'Of its kernel.', text('status', 'nodeInfo', 'kernelVersion'), true),
    column('Container-Runtime', 'And its version.', text('status', 'nodeInfo', 'containerRuntimeVersion'), true),
  ],
  daemonsets: [
    NAME,
    column('Desired', 'Nodes it shall run on.', number('status', 'desiredNumberScheduled')),
    column('Current', 'Nodes it runs on.', number('status', 'currentNumberScheduled')),
    column('Ready', 'Nodes on which it is ready.', number('status', 'numberReady')),
    column('Up-to-date', 'Nodes with its newest template.', number('status', 'updatedNumberScheduled')),
    column('Available', 'Nodes on which it can serve.', number('status', 'numberAvailable')),
    column('Node Selector', 'Which Nodes it means.', (o) => pairs(at(o, 'spec', 'template', 'spec', 'nodeSelector'))),
    AGE,
    ...workloadColumns,
  ],
  replicasets: [
    NAME,
    whole('Desired', 'Number of pods wanted.', number('spec', 'replicas')),
    whole('Current', 'Number of pods.', number('status', 'replicas')),
    whole('Ready', 'Number of ready pods.', number('status', 'readyReplicas')),
    AGE,
    ...workloadColumns,
  ],
  leases: [NAME, column('Holder', 'Who holds it.', text('spec', 'holderIdentity')), AGE],
};

const kind = (...[group, plural, name, shortNames, more]: Parameters<typeof builtIn>): Resource =>
  builtIn(group, plural, name, shortNames, {
    namespaced: true,
    status: true,
    generations: group === 'apps',
    columns: COLUMNS[plural] ?? customColumns([]),
    ...more,
  });

const all = { categories: ['all'] };

const condition = (type: string, field: string) => `.status.conditions[?(@.type=="${type}")].${field}`;

/** The platform's releases, with the columns its documentation shows. */
export const appReleases: Resource = kind('operator.alauda.io', 'appreleases', 'AppRelease', [], {
  version: 'v1alpha1',
  custom: true,
  generations: true,
  columns: customColumns([
    ['Sync', 'string', condition('Sync', 'reason')],
    ['Health', 'string', condition('Health', 'reason')],
    ['Message', 'string', condition('Sync', 'message')],
    ['Update', 'date', condition('Sync', 'lastTransitionTime')],
    ['Age', 'date', '.metadata.creationTimestamp'],
  ]),
});

/** Every kind a workload cluster serves. */
export const workloadResources: readonly Resource[] = [
  ...servedResources().filter(({ custom }) => !custom),
  kind('', 'nodes', 'Node', ['no'], { namespaced: false, fields: ['spec.unschedulable'] }),
  kind('apps', 'daemonsets', 'DaemonSet', ['ds'], all),
  kind('apps', 'replicasets', 'ReplicaSet', ['rs'], { ...all, scale: true }),
  kind('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', ['pdb'], {
    generations: true,
    columns: WORK_COLUMNS.budgets,
  }),
  kind('coordination.k8s.io', 'leases', 'Lease', [], { status: false }),
  appReleases,
  ...ordinaryKinds,
  ...addressKinds,
  ...dynamicKinds,
  ...extensionKinds,
  ...ovnKinds,
];
