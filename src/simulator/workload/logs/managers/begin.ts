/** How a manager of controller-runtime begins: webhooks, certificates, the election, and then its controllers. */

import type { LogLine } from '../../../api/pod-logs.ts';
import type { Manager } from '../../../world/management/managers.ts';
import { election } from '../election.ts';
import { all, klog, type Run, records, structured } from '../run.ts';
import { CONTROLLERS } from './controllers.ts';
import { clusterApiOf } from './reconciling.ts';

/** The lines before anything is reconciled; `led`: since when it leads. */
export function begun(run: Run, { lease, owner, name }: Manager, led: number | undefined): LogLine[] {
  const { since } = run;
  const runtime = (part: string) => ({ logger: `controller-runtime.${part}` });
  const at = (after: number, place: string, message: string, values: Record<string, unknown> = {}) =>
    structured(since + after, place, message, values);
  const hooks = owner ? webhooks(run, owner) : [];
  return [
    ...hooks.flatMap(([what, path], index) => [
      at(4 + index, 'webhook.go:226', `Registering a ${what} webhook`, {
        ...runtime('builder'),
        GVK: gvkOf(path),
        path,
      }),
      at(4 + index, 'server.go:183', 'Registering webhook', { ...runtime('webhook'), path }),
    ]),
    at(40, name === 'elemental-operator' ? 'operator.go:168' : 'main.go:407', 'Starting manager', {
      logger: 'setup',
      version: run.version,
    }),
    at(41, 'server.go:208', 'Starting metrics server', runtime('metrics')),
    at(42, 'server.go:83', 'starting server', { name: 'health probe', addr: '[::]:9440' }),
    ...(hooks.length > 0
      ? [
          at(44, 'server.go:191', 'Starting webhook server', runtime('webhook')),
          at(45, 'certwatcher.go:211', 'Updated current TLS certificate', runtime('certwatcher')),
          at(46, 'server.go:242', 'Serving webhook server', { ...runtime('webhook'), host: '', port: 9443 }),
          at(47, 'certwatcher.go:133', 'Starting certificate poll+watcher', {
            ...runtime('certwatcher'),
            interval: '10s',
          }),
        ]
      : []),
    ...election(run, `cpaas-system/${lease}`, since + 90, led),
    at(460, 'server.go:247', 'Serving metrics server', { ...runtime('metrics'), bindAddress: ':8443', secure: true }),
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
  return [
    // The operator's recorder speaks to who debugs.
    ...(name === 'elemental-operator'
      ? []
      : [structured(led + 1, 'recorder.go:104', `${holder} became leader`, leads)]),
    ...controllers.flatMap(({ name: controller, group, kind, sources }, index) => {
      const about = { controller, controllerGroup: group, controllerKind: kind };
      const first = led + 4 + index * 3;
      return [
        ...sources.map((source) =>
          structured(first, 'controller.go:175', 'Starting EventSource', {
            ...about,
            source: source.replace('v1beta1', version),
          }),
        ),
        structured(first + 1, 'controller.go:183', 'Starting Controller', about),
        klog(
          led + 240 + index * 11,
          'controller.go:217',
          `"Starting workers"${Object.entries(about)
            .map(([key, value]) => ` ${key}=${JSON.stringify(value)}`)
            .join('')} worker count=${controller === 'clustercache' ? 100 : 10}`,
        ),
      ];
    }),
  ];
}

/** The webhooks that an owner serves, as they are registered with the server. */
function webhooks(run: Run, owner: string): [what: string, path: string][] {
  const of = (plural: string, what: string) =>
    all(run, plural)
      .filter(({ metadata }) => metadata.name.startsWith(`${owner}-${what}`))
      .flatMap((configuration) => records(configuration['webhooks']))
      .flatMap(({ clientConfig }): [string, string][] => {
        const path = /"path":"([^"]+)"/.exec(JSON.stringify(clientConfig))?.[1];
        return path ? [[what, path]] : [];
      });
  return [...of('mutatingwebhookconfigurations', 'mutating'), ...of('validatingwebhookconfigurations', 'validating')];
}

/** The kind that a path is for: `/validate-cluster-x-k8s-io-v1beta1-machine`. */
function gvkOf(path: string): string {
  const [, group = '', version = '', kind = ''] = /^\/[a-z]+(?:-scale)?-(.+)-(v\d\w*)-(\w+)$/.exec(path) ?? [];
  return `${group
    .replace(/-x-k8s-io$/, '.x-k8s.io')
    .replaceAll('-', '.')
    .replace('.x.k8s.io', '.x-k8s.io')}/${version}, Kind=${KINDS[kind] ?? kind}`;
}

const KINDS: Readonly<Record<string, string>> = {
  ...{ cluster: 'Cluster', machine: 'Machine', machineset: 'MachineSet', machinedeployment: 'MachineDeployment' },
  ...{ machinehealthcheck: 'MachineHealthCheck', kubeadmconfig: 'KubeadmConfig' },
  ...{ kubeadmconfigtemplate: 'KubeadmConfigTemplate', kubeadmcontrolplane: 'KubeadmControlPlane' },
  ...{ baremetalmachine: 'BaremetalMachine', baremetalmachinetemplate: 'BaremetalMachineTemplate' },
  ...{ baremetalcluster: 'BaremetalCluster', clusterclass: 'ClusterClass', machinepool: 'MachinePool' },
  ...{ clusterresourceset: 'ClusterResourceSet', clusterresourcesetbinding: 'ClusterResourceSetBinding' },
  ...{ machinedrainrule: 'MachineDrainRule', ipaddress: 'IPAddress', ipaddressclaim: 'IPAddressClaim' },
  ...{ extensionconfig: 'ExtensionConfig' },
};
