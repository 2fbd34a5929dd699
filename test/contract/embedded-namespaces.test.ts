/** What a namespace lets in: quotas, limits and security levels. */
import { describe, expect, it } from 'vitest';
import { kubernetesAdmission } from '../../src/simulator/api/admission/index.ts';
import { createApi } from '../../src/simulator/api/api.ts';
import { workloadResources } from '../../src/simulator/workload/kinds.ts';

const merge = 'application/merge-patch+json';
const home = '/api/v1/namespaces/default';

function served() {
  const api = createApi({ resources: workloadResources, plugins: kubernetesAdmission, gitVersion: 'v1.33.7' });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
  api.load([account]);
  /** The answer, with its warnings one by one. */
  const send = async (method: string, path: string, body: object = {}, query: Record<string, string> = {}) => {
    const contentType = method === 'PATCH' ? merge : 'application/json';
    const answer = await api.handle({
      ...{ method, path, query: new URLSearchParams(query), accept: 'application/json', contentType },
      ...{ body: JSON.stringify(body), user: { name: 'admin', groups: ['system:masters'] } },
    });
    const warnings = (answer.headers['warning'] ?? '')
      .split(/, (?=299 )/)
      .flatMap((text) => (text ? [JSON.parse(text.slice(6))] : []));
    return { status: answer.status, body: JSON.parse(answer.body as string), warnings: warnings as string[] };
  };
  const make = (plural: string, body: object, query = {}) => send('POST', `${home}/${plural}`, body, query);
  return { send, make };
}

const object = (kind: string, name: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...rest,
});
const pod = (name: string, more: object = {}, spec: object = {}) =>
  object('Pod', name, { spec: { containers: [{ name: 'c', image: 'nginx', ...more }], ...spec } });
const asks = (cpu: string, memory?: string) => ({
  resources: { requests: { cpu }, ...(memory ? { limits: { memory } } : {}) },
});

describe('a ResourceQuota', () => {
  const quota = object('ResourceQuota', 'q', {
    spec: { hard: { pods: '3', 'requests.cpu': '1', 'limits.memory': '1Gi', 'count/configmaps': '1' } },
  });

  it('counts what there is, and lets nothing in beyond it', async () => {
    const { send, make } = served();
    await make('resourcequotas', quota);
    const used = async () => (await send('GET', `${home}/resourcequotas/q`)).body.status.used;
    expect(await used()).toEqual({ pods: '0', 'requests.cpu': '0', 'limits.memory': '0', 'count/configmaps': '0' });
    expect((await make('pods', pod('silent'))).body).toMatchObject({
      ...{ code: 403, reason: 'Forbidden' },
      message: 'pods "silent" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c',
    });
    expect((await make('pods', pod('a', asks('600m', '512Mi')))).status).toBe(201);
    expect(await used()).toMatchObject({ pods: '1', 'requests.cpu': '600m', 'limits.memory': '512Mi' });
    expect((await make('pods', pod('b', asks('600m', '600Mi')))).body.message).toBe(
      'pods "b" is forbidden: exceeded quota: q, requested: limits.memory=600Mi,requests.cpu=600m, used: limits.memory=512Mi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1',
    );
    expect((await make('pods', pod('b', asks('400m', '512Mi')), { dryRun: 'All' })).status).toBe(201);
    expect(await used()).toMatchObject({ pods: '1' });
    await make('configmaps', object('ConfigMap', 'x'));
    expect((await make('configmaps', object('ConfigMap', 'y'))).body.message).toBe(
      'configmaps "y" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    );
    await send('DELETE', `${home}/configmaps/x`);
    await send('DELETE', `${home}/pods/a`, { gracePeriodSeconds: 0 });
    expect(await used()).toEqual({ pods: '0', 'requests.cpu': '0', 'limits.memory': '0', 'count/configmaps': '0' });
  });
});

describe('a LimitRange', () => {
  const range = object('LimitRange', 'l', {
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '200m' },
          defaultRequest: { cpu: '100m' },
          max: { cpu: '500m' },
          min: { cpu: '50m' },
        },
        { type: 'Pod', max: { memory: '300Mi' } },
      ],
    },
  });

  it('gives to those that say nothing, and refuses those that want too much', async () => {
    const { make } = served();
    await make('limitranges', range);
    const { body } = await make('pods', pod('a', { resources: { limits: { memory: '100Mi' } } }));
    expect(body.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    });
    expect(body.spec.containers[0].resources).toMatchObject({
      requests: { cpu: '100m' },
      limits: { cpu: '200m', memory: '100Mi' },
    });
    const much = { resources: { requests: { cpu: '10m' }, limits: { cpu: '1', memory: '1Gi' } } };
    expect((await make('pods', pod('b', much))).body.message).toBe(
      'pods "b" is forbidden: [minimum cpu usage per Container is 50m, but request is 10m, maximum cpu usage per Container is 500m, but limit is 1, maximum memory usage per Pod is 300Mi, but limit is 1Gi]',
    );
  });
});

describe('the security level of a namespace', () => {
  const level = (labels: object) => ({ metadata: { labels } });
  const enforce = 'pod-security.kubernetes.io/enforce';
  const missing = (name: string) =>
    `allowPrivilegeEscalation != false (container "${name}" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "${name}" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "${name}" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "${name}" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
  const safe = {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  };

  it('is enforced on Pods, and tells of those that are there', async () => {
    const { send, make } = served();
    await make('pods', pod('old'));
    await make('pods', pod('older'));
    const { warnings } = await send('PATCH', home, level({ [enforce]: 'restricted' }));
    expect(warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
      'old (and 1 other pod): allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
    ]);
    expect((await make('pods', pod('p'))).body.message).toBe(
      `pods "p" is forbidden: violates PodSecurity "restricted:latest": ${missing('c')}`,
    );
    expect((await make('pods', pod('p', safe))).status).toBe(201);
  });

  it('warns as it enforces where nobody says how it warns', async () => {
    const { send, make } = served();
    const spec = { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'Never' };
    const job = (name: string) => ({
      ...object('Job', name, { spec: { template: { spec } } }),
      apiVersion: 'batch/v1',
    });
    const warned = async (name: string) =>
      (await send('POST', '/apis/batch/v1/namespaces/default/jobs', job(name))).warnings;
    await send('PATCH', home, level({ [enforce]: 'restricted' }));
    expect(await warned('a')).toEqual([`would violate PodSecurity "restricted:latest": ${missing('c')}`]);
    // A Pod that is refused is not warned of as well.
    expect((await make('pods', pod('p'))).warnings).toEqual([]);
    await send('PATCH', home, level({ [`${enforce}-version`]: 'v1.30' }));
    expect(await warned('b')).toEqual([`would violate PodSecurity "restricted:v1.30": ${missing('c')}`]);
    await send('PATCH', home, level({ 'pod-security.kubernetes.io/warn': 'baseline' }));
    expect(await warned('d')).toEqual([]);
  });

  it('is told of what makes Pods where it warns, and what is no level is refused', async () => {
    const { send } = served();
    const warn = 'pod-security.kubernetes.io/warn';
    await send('PATCH', home, level({ [warn]: 'baseline', [`${warn}-version`]: 'v1.30' }));
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: {
        ...{ hostNetwork: true, volumes: [{ name: 'v', hostPath: { path: '/' } }] },
        containers: [
          {
            name: 'c',
            image: 'nginx',
            ports: [{ containerPort: 80 }],
            securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
          },
        ],
      },
    };
    const body = {
      ...object('DaemonSet', 'ds', { spec: { selector: { matchLabels: { a: 'b' } }, template } }),
      apiVersion: 'apps/v1',
    };
    const { status, warnings } = await send('POST', '/apis/apps/v1/namespaces/default/daemonsets', body);
    expect([status, warnings]).toEqual([
      201,
      [
        'would violate PodSecurity "baseline:v1.30": non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add), host namespaces (hostNetwork=true), hostPath volumes (volume "v"), privileged (container "c" must not set securityContext.privileged=true)',
      ],
    ]);
    expect((await send('PATCH', home, level({ [enforce]: 'foo' }))).body.message).toBe(
      `Namespace "default" is invalid: metadata.labels[${enforce}]: Invalid value: "foo": must be one of privileged, baseline, restricted`,
    );
  });
});

describe('a server', () => {
  it('warns of what is deprecated or odd', async () => {
    const { make } = served();
    expect((await make('endpoints', object('Endpoints', 'e'))).warnings).toEqual([
      'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    ]);
    const env = [
      { name: 'A', value: 'x' },
      { name: 'A', value: 'y' },
    ];
    expect(
      (await make('pods', pod('a.b', { env }, { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }))).warnings,
    ).toEqual([
      "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });

  it('gives claims the class that is for all, and lets them grow where it says so', async () => {
    const { send, make } = served();
    const usual = {
      metadata: { name: 'disk', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    };
    const kind = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'a.io/b' };
    await send('POST', '/apis/storage.k8s.io/v1/storageclasses', { ...kind, ...usual });
    const size = (storage: string) => ({ resources: { requests: { storage } } });
    const claim = object('PersistentVolumeClaim', 'c', { spec: { accessModes: ['ReadWriteOnce'], ...size('1Gi') } });
    expect((await make('persistentvolumeclaims', claim)).body.spec.storageClassName).toBe('disk');
    const path = `${home}/persistentvolumeclaims/c`;
    await send('PATCH', `${path}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } });
    const grown = async () => (await send('PATCH', path, { spec: size('2Gi') })).body.message;
    expect(await grown()).toBe(
      'persistentvolumeclaims "c" is forbidden: only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
    await send('PATCH', '/apis/storage.k8s.io/v1/storageclasses/disk', { allowVolumeExpansion: true });
    expect(await grown()).toBeUndefined();
    expect((await send('PATCH', path, { spec: size('512Mi') })).body.message).toBe(
      'PersistentVolumeClaim "c" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
    );
  });

  it('gives each port of its Nodes and each address once, within their ranges', async () => {
    const { make } = served();
    const service = (name: string, spec: object) =>
      make('services', object('Service', name, { spec: { ports: [{ port: 80 }], ...spec } }));
    const outside = (nodePort: number) => ({ type: 'NodePort', ports: [{ port: 80, nodePort }] });
    expect((await service('a', outside(20_000))).body.message).toBe(
      'Service "a" is invalid: spec.ports[0].nodePort: Invalid value: 20000: provided port is not in the valid range. The range of valid ports is 30000-32767',
    );
    await service('a', { clusterIP: '10.96.3.4', ...outside(30_080) });
    expect((await service('b', outside(30_080))).body.message).toBe(
      'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    );
    expect((await service('b', { clusterIP: '10.96.3.4' })).body.message).toBe(
      'Service "b" is invalid: spec.clusterIPs: Invalid value: []string{"10.96.3.4"}: failed to allocate IP 10.96.3.4: provided IP is already allocated',
    );
  });
});
