/** How a manager of controller-runtime begins: webhooks, certificates, the election, and then its controllers. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Manager } from '../../../world/management/managers.ts';
import { election } from '../election.ts';
import { all, chance, klog, type Run, records, structured } from '../run.ts';
import { CONTROLLERS } from './controllers.ts';
import { clusterApiOf } from './reconciling.ts';

/** The lines before anything is reconciled; `led`: since when it leads. */
export function begun(run: Run, { lease, owner, name }: Manager, led: number | undefined): LogLine[] {
  const runtime = (part: string) => ({ logger: `controller-runtime.${part}` });
  const drawn = chance(run.key, 'begins');
  let at = run.since + drawn.integer(2, 40);
  /** A line some ms after the one before it. */
  const next = (after: number, place: string, message: string, values: Record<string, unknown> = {}) => {
    at += after;
    return structured(at, place, message, values);
  };
  const soon = () => (drawn.chance(0.6) ? 0 : drawn.integer(1, 3));
  const hooks = owner ? webhooks(run, owner) : [];
  const lines = [
    ...hooks.flatMap(([what, path]) => {
      const registering = `Registering a ${what} webhook`;
      const values = { ...runtime('builder'), GVK: gvkOf(path), path };
      return [
        // One that is about a part of what is served is given to the server itself.
        ...(ofPart.test(path) ? [] : [next(soon(), 'webhook.go:226', registering, values)]),
        next(0, 'server.go:183', 'Registering webhook', { ...runtime('webhook'), path }),
      ];
    }),
    next(drawn.integer(4, 70), name === 'elemental-operator' ? 'operator.go:168' : 'main.go:407', 'Starting manager', {
      logger: 'setup',
      version: run.version,
    }),
    next(soon(), 'server.go:208', 'Starting metrics server', runtime('metrics')),
    next(soon(), 'server.go:83', 'starting server', { name: 'health probe', addr: '[::]:9440' }),
    ...(hooks.length > 0
      ? [
          next(soon(), 'server.go:191', 'Starting webhook server', runtime('webhook')),
          next(soon(), 'certwatcher.go:211', 'Updated current TLS certificate', runtime('certwatcher')),
          next(soon(), 'server.go:242', 'Serving webhook server', { ...runtime('webhook'), host: '', port: 9443 }),
          next(soon(), 'certwatcher.go:133', 'Starting certificate poll+watcher', {
            ...runtime('certwatcher'),
            interval: '10s',
          }),
        ]
      : []),
  ];
  // A manager asks for its Lease once its caches have what they wait for; the key of its metrics it makes beside that.
  const serving = at + drawn.integer(160, 820);
  const asked = Math.min(at + drawn.integer(2, 120), (led ?? Number.POSITIVE_INFINITY) - 1);
  return [
    ...lines,
    ...election(run, `cpaas-system/${lease}`, asked, led),
    structured(serving, 'server.go:247', 'Serving metrics server', {
      ...runtime('metrics'),
      ...{ bindAddress: ':8443', secure: true },
    }),
    ...(led === undefined ? [] : started(run, name, lease, led)),
  ];
}

function started(run: Run, name: string, lease: string, led: number): LogLine[] {
  const pod = run.question.pod.metadata;
  const holder = `${pod.name}`;
  const object = { kind: 'Lease', namespace: 'cpaas-system', name: lease, apiVersion: 'coordination.k8s.io/v1' };
  const leads = { logger: 'events', type: 'Normal', object, reason: 'LeaderElection' };
  const controllers = CONTROLLERS[name] ?? [];
  // Cluster API's own watch their kinds in the version that is stored.
  const version = name.startsWith('capi-') ? clusterApiOf(run) : 'v1beta1';
  const drawn = chance(run.key, 'starts');
  const begin = led + drawn.integer(1, 9);
  // All begin at once, and each works when what it watches is there.
  const filled = begin + drawn.integer(100, 330);
  return [
    // The operator's recorder speaks to who debugs.
    ...(name === 'elemental-operator'
      ? []
      : [structured(led + drawn.integer(0, 1), 'recorder.go:104', `${holder} became leader`, leads)]),
    ...controllers.flatMap(({ name: controller, group, kind, sources }) => {
      const about = { controller, controllerGroup: group, controllerKind: kind };
      const first = begin + drawn.integer(0, 4);
      return [
        ...sources.map((source) =>
          structured(first, 'controller.go:175', 'Starting EventSource', {
            ...about,
            source: source.replace('v1beta1', version),
          }),
        ),
        structured(first + drawn.integer(0, 1), 'controller.go:183', 'Starting Controller', about),
        klog(
          filled + (drawn.chance(0.7) ? drawn.integer(0, 12) : drawn.integer(13, 110)),
          'controller.go:217',
          `"Starting workers"${Object.entries(about)
            .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
            .join('')} worker count=${controller === 'clustercache' ? 100 : 10}`,
        ),
      ];
    }),
  ];
}

/** Of these a kind is served in part, as its scale. */
const ofPart = /^\/[a-z]+-scale-/;

/** The webhooks that an owner serves, as they are registered: kind by kind, what changes an object before what judges it. */
function webhooks(run: Run, owner: string): [what: string, path: string][] {
  const of = (plural: string, what: string) =>
    all(run, plural)
      .filter(({ metadata }) => metadata.name.startsWith(`${owner}-${what}`))
      .flatMap((configuration) => records(configuration['webhooks']))
      .flatMap(({ clientConfig }): [string, string][] => {
        const path = /"path":"([^"]+)"/.exec(JSON.stringify(clientConfig))?.[1];
        return path ? [[what, path]] : [];
      });
  const found = [
    ...of('mutatingwebhookconfigurations', 'mutating'),
    ...of('validatingwebhookconfigurations', 'validating'),
  ];
  const kinds = Object.keys(KINDS);
  const turnOf = (path: string) => {
    const turn = kinds.indexOf(/[^-]*$/.exec(path)![0]);
    return 2 * (turn < 0 ? kinds.length : turn) + (ofPart.test(path) ? 1 : 0);
  };
  return found.sort(([, one], [, other]) => turnOf(one) - turnOf(other));
}

/** The kind that a path is for: `/validate-cluster-x-k8s-io-v1beta1-machine`. */
function gvkOf(path: string): string {
  const [, group = '', version = '', kind = ''] = /^\/[a-z]+(?:-scale)?-(.+)-(v\d\w*)-(\w+)$/.exec(path) ?? [];
  return `${group
    .replace(/-x-k8s-io$/, '.x-k8s.io')
    .replaceAll('-', '.')
    .replace('.x.k8s.io', '.x-k8s.io')}/${version}, Kind=${KINDS[kind] ?? kind}`;
}

/** In the order in which the managers set their webhooks up. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ clusterclass: 'ClusterClass', cluster: 'Cluster', machine: 'Machine', machineset: 'MachineSet' },
  ...{ machinedeployment: 'MachineDeployment', machinedrainrule: 'MachineDrainRule', machinepool: 'MachinePool' },
  ...{ clusterresourceset: 'ClusterResourceSet', clusterresourcesetbinding: 'ClusterResourceSetBinding' },
  ...{ machinehealthcheck: 'MachineHealthCheck', extensionconfig: 'ExtensionConfig', ipaddress: 'IPAddress' },
  ...{ ipaddressclaim: 'IPAddressClaim', kubeadmconfig: 'KubeadmConfig' },
  ...{ kubeadmconfigtemplate: 'KubeadmConfigTemplate', kubeadmcontrolplane: 'KubeadmControlPlane' },
  ...{ kubeadmcontrolplanetemplate: 'KubeadmControlPlaneTemplate', baremetalcluster: 'BaremetalCluster' },
  ...{ baremetalmachine: 'BaremetalMachine', baremetalmachinetemplate: 'BaremetalMachineTemplate' },
};
